/**
 * A value and some bytes as one piece of bytes: 32 bits of length, little-endian, that many bytes of JSON, and the parts
 * one after the other, whose lengths the JSON tells.
 */
export function packParts(value: object, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const lengths = parts.map(({ byteLength }) => byteLength)
  const json = new TextEncoder().encode(JSON.stringify({ value, lengths }))
  const packed = new Uint8Array(4 + json.byteLength + lengths.reduce((sum, length) => sum + length, 0))
  new DataView(packed.buffer).setUint32(0, json.byteLength, true)
  packed.set(json, 4)
  let at = 4 + json.byteLength
  for (const part of parts) {
    packed.set(part, at)
    at += part.byteLength
  }
  return packed
}

/**
 * What {@link packParts} packed, the parts as copies; `undefined` where it is something else.
 *
 * @param bytes What follows the last part is not looked at.
 */
export function unpackParts(bytes: Uint8Array): { value: unknown; parts: Uint8Array<ArrayBuffer>[] } | undefined {
  if (bytes.byteLength < 4) return undefined
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  if (at > bytes.byteLength) return undefined
  try {
    const { value, lengths } = JSON.parse(decoder.decode(bytes.subarray(4, at))) as {
      value?: unknown
      lengths: number[]
    }
    const parts = lengths.map((length) => {
      if (!Number.isInteger(length) || length < 0 || at + length > bytes.byteLength) throw new RangeError('cut off')
      at += length
      return new Uint8Array(bytes.slice(at - length, at))
    })
    return { value, parts }
  } catch {
    return undefined
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })
