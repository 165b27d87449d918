import { crc32 } from 'node:zlib'

/** Before the content: its checksum, and its length in bytes, 32 bits each, little-endian. */
const headBytes = 8

/** Bytes with a checksum (CRC-32) of them and of whose they are. */
export function withChecksum(content: Uint8Array, owner: string): Uint8Array {
  const guarded = new Uint8Array(headBytes + content.byteLength)
  const head = new DataView(guarded.buffer)
  guarded.set(content, headBytes)
  head.setUint32(4, content.byteLength, true)
  head.setUint32(0, crc32(guarded.subarray(4), crc32(owner)), true)
  return guarded
}

/**
 * What {@link withChecksum} was given, as a view; `undefined` where a bit has changed or it is another owner's.
 *
 * @param guarded May have more bytes after the content.
 */
export function checkedContent(guarded: Uint8Array, owner: string): Uint8Array | undefined {
  if (guarded.byteLength < headBytes) return undefined
  const head = new DataView(guarded.buffer, guarded.byteOffset, headBytes)
  const end = headBytes + head.getUint32(4, true)
  if (end > guarded.byteLength) return undefined
  if (crc32(guarded.subarray(4, end), crc32(owner)) !== head.getUint32(0, true)) return undefined
  return guarded.subarray(headBytes, end)
}
