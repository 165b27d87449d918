import { parseJson, type JsonBounds } from '../values/bounded-json.ts'

/** Parts begin at a multiple of this where those before them end at one, so that floats can be read where they are. */
const alignment = 4

/**
 * A value and some bytes as one piece of bytes: 32 bits of length, little-endian, that many bytes of JSON, and the parts
 * one after the other, whose lengths the JSON tells.
 */
export function packParts(value: object, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const lengths = parts.map(({ byteLength }) => byteLength)
  const json = encoder.encode(JSON.stringify({ value, lengths }))
  const jsonEnd = 4 + json.byteLength
  const start = Math.ceil(jsonEnd / alignment) * alignment
  const packed = new Uint8Array(start + lengths.reduce((sum, length) => sum + length, 0))
  new DataView(packed.buffer).setUint32(0, start - 4, true)
  packed.set(json, 4)
  packed.fill(space, jsonEnd, start)
  let at = start
  for (const part of parts) {
    packed.set(part, at)
    at += part.byteLength
  }
  return packed
}

export interface UnpackedParts {
  readonly value: unknown
  /** Views into the bytes. */
  readonly parts: readonly Uint8Array[]
  /** How many of the bytes it took; what follows was not looked at. */
  readonly byteLength: number
}

/** What {@link packParts} packed; `undefined` where it is something else. */
export function unpackParts(bytes: Uint8Array): UnpackedParts | undefined {
  if (bytes.byteLength < 4) return undefined
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  if (at > bytes.byteLength) return undefined
  try {
    const { value, lengths } = parseJson(decoder.decode(bytes.subarray(4, at)), bounds) as {
      value?: unknown
      lengths: number[]
    }
    const parts = lengths.map((length) => {
      if (!Number.isInteger(length) || length < 0 || at + length > bytes.byteLength) throw new RangeError('cut off')
      at += length
      return bytes.subarray(at - length, at)
    })
    return { value, parts, byteLength: at }
  } catch {
    return undefined
  }
}

/** A person in a hundred thousand collections. */
const bounds: JsonBounds = { depth: 8, values: 200_000 }

const space = 0x20
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })
