import { VisavisError } from '../errors.ts'
import type { KeyDerivation } from '../store/encrypted/sealing.ts'
import { webCrypto } from '../values/web-crypto.ts'
import { parseJson, type JsonBounds } from '../values/bounded-json.ts'

/**
 * A collection as one file, little-endian: 8 bytes of magic, then frames of 32 bits of length, one byte of kind and the
 * content, and at the end a chain of SHA-256 over them: each hash is of the one before and the next frame. Frames after
 * the header are sealed one by one where the header says so.
 */
export const magic: Uint8Array = new TextEncoder().encode('VISPEOPL')
export const formatVersion = 1
export const hashBytes = 32

export const frameKinds = { header: 0, collections: 1, person: 2, end: 3 } as const
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds]

/** Longer ones are not written: three thumbnails and templates are far smaller. */
export const longestFrame: number = 64 * 2 ** 20

export interface FileHeader {
  readonly format: number
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** The model of the gallery it was exported from; each template names its own. */
  readonly model: string
  /** How the passphrase becomes the key; `null` where nothing is encrypted. */
  readonly encryption: KeyDerivation | null
}

/** What ends a file that is whole. */
export interface FileEnd {
  readonly people: number
}

export interface Frame {
  readonly kind: FrameKind
  readonly content: Uint8Array
}

export function encodeFrame({ kind, content }: Frame): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(5 + content.byteLength)
  new DataView(frame.buffer).setUint32(0, content.byteLength, true)
  frame[4] = kind
  frame.set(content, 5)
  return frame
}

export async function chained(hash: Uint8Array, frame: Uint8Array): Promise<Uint8Array> {
  const both = new Uint8Array(hash.byteLength + frame.byteLength)
  both.set(hash)
  both.set(frame, hash.byteLength)
  return new Uint8Array(await webCrypto().digest('SHA-256', both))
}

/** What a frame is sealed with: its place, so that none can be left out, added or moved, and the file's salt. */
export function frameContext({ salt }: KeyDerivation, place: number, kind: FrameKind): string {
  return JSON.stringify([formatVersion, 'export', salt, place, kind])
}

export function toJson(value: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value))
}

/** As many as a hundred thousand collections have. */
const jsonBounds: JsonBounds = { depth: 8, values: 1_200_000 }

/** @throws VisavisError `store_corrupt` */
export function fromJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), jsonBounds)
  } catch {
    throw damaged()
  }
}

export function damaged(): VisavisError {
  return new VisavisError(
    'store_corrupt',
    'The export is cut off, damaged or none of visavis; nothing was changed, export it anew.',
  )
}
