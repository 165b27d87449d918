import { cutOff, invalid, type ImageFile } from './image-file.ts'

const endChunk = 0x49454e44

/** Reads a PNG file's chunks. @returns `null` where it is none */
export function readPng(bytes: Uint8Array): ImageFile | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < 8 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return null
  if (view.byteLength < 33) throw cutOff()
  if (view.getUint32(12) !== 0x49484452) throw invalid('The PNG file is damaged; use another copy.')
  const width = view.getUint32(16)
  const height = view.getUint32(20)
  const isWhole = bytes[28] !== 0
  for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) !== endChunk) continue
    const whole = bytes.subarray(0, at + 12) as Uint8Array<ArrayBuffer>
    return { format: 'png', width, height, bytes: whole, isEnded: true, isWhole }
  }
  throw cutOff()
}
