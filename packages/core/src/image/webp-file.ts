import { cutOff, invalid, type ImageFile } from './image-file.ts'

/** Reads a WebP file's header. @returns `null` where it is none */
export function readWebp(bytes: Uint8Array): ImageFile | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < 12 || view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return null
  const length = view.getUint32(4, true) + 8
  if (view.byteLength < 30 || length > view.byteLength) throw cutOff()
  const file = { format: 'webp', bytes: bytes as Uint8Array<ArrayBuffer>, isEnded: true, isWhole: true } as const
  switch (view.getUint32(12)) {
    case 0x56503820: // 'VP8 '
      return { ...file, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case 0x5650384c: {
      // 'VP8L'
      const bits = view.getUint32(21, true)
      return { ...file, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 0x56503858: // 'VP8X'
      return {
        ...file,
        width: (view.getUint32(24, true) & 0xffffff) + 1,
        height: (view.getUint32(26, true) >>> 8) + 1,
      }
    default:
      throw invalid('The WebP file is damaged; use another copy.')
  }
}
