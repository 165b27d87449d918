/** Kinds of files that are often taken for pictures, and what to do with them. */
const formats: readonly (readonly [starts: string, at: number, name: string, advice: string])[] = [
  [
    'ftypheic',
    4,
    'HEIC',
    'convert it to JPEG, or have the iPhone take JPEG: Settings, Camera, Formats, Most Compatible',
  ],
  ['ftypheix', 4, 'HEIC', 'convert it to JPEG'],
  ['ftyphevc', 4, 'HEIC', 'convert it to JPEG'],
  ['ftypmif1', 4, 'HEIF', 'convert it to JPEG'],
  ['ftypmsf1', 4, 'HEIF', 'convert it to JPEG'],
  ['ftypheim', 4, 'HEIC', 'convert it to JPEG'],
  ['ftyphe', 4, 'HEIC', 'convert it to JPEG'],
  ['ftypavif', 4, 'AVIF', 'convert it to JPEG, PNG or WebP'],
  ['ftypavis', 4, 'AVIF', 'convert it to JPEG, PNG or WebP'],
  ['ftypcrx', 4, 'CR3 (raw)', 'export it as JPEG'],
  ['ftypqt', 4, 'video', 'take a frame of it'],
  ['ftyp', 4, 'video', 'take a frame of it'],
  ['GIF87a', 0, 'GIF', 'convert it to PNG'],
  ['GIF89a', 0, 'GIF', 'convert it to PNG'],
  ['II*\0', 0, 'TIFF or raw', 'convert it to JPEG or PNG'],
  ['MM\0*', 0, 'TIFF or raw', 'convert it to JPEG or PNG'],
  ['BM', 0, 'BMP', 'convert it to PNG'],
  ['%PDF-', 0, 'PDF', 'save the picture in it as JPEG or PNG'],
  ['\xff\x0a', 0, 'JPEG XL', 'convert it to JPEG'],
  ['\0\0\0\x0cJXL ', 0, 'JPEG XL', 'convert it to JPEG'],
  ['\0\0\0\x0cjP  ', 0, 'JPEG 2000', 'convert it to JPEG'],
  ['\0\0\x01\0', 0, 'ICO', 'convert it to PNG'],
  ['8BPS', 0, 'Photoshop', 'export it as JPEG or PNG'],
  ['data:', 0, 'data URL', 'decode its base64 into bytes'],
]

/** How the bytes of a text begin that is none of a picture's. */
const textStart = 256

/** What is wrong with a file of another format, and what to do; `null` where it is not known. */
export function foreignFormat(bytes: Uint8Array): string | null {
  const start = String.fromCharCode(...bytes.subarray(0, textStart))
  const known = formats.find(([starts, at]) => start.startsWith(starts, at))
  if (known !== undefined) return message(known[2], known[3])
  if (start.includes('<svg')) return message('SVG', 'draw it, and save it as PNG')
  if (/^(?:\/9j\/|iVBORw0KGgo|UklGR)/.test(start)) return message('base64 text', 'decode it into bytes')
  return null
}

function message(name: string, advice: string): string {
  return `The image is ${/^[AEIOUHS]/.test(name) && name !== 'HEIC' && name !== 'HEIF' ? 'an' : 'a'} ${name}, and JPEG, PNG and WebP are read; ${advice}.`
}
