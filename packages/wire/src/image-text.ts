import { VisavisError } from '@visavis/core'

/** A picture file as the wire has it: standard base64, without a `data:` prefix. */
export function toImageText(bytes: Uint8Array): string {
  if (nodeBuffer !== undefined)
    return nodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  let binary = ''
  // In pieces, since a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

/**
 * The bytes of a picture file from base64, with or without a `data:` prefix and white space.
 *
 * @throws VisavisError `invalid_image` where it is no base64.
 */
export function fromImageText(text: string): Uint8Array<ArrayBuffer> {
  const bare = bareImageText(text)
  const data = withoutPadding(bare)
  if (!/^[A-Za-z0-9+/]*$/.test(data) || data.length % 4 === 1) {
    throw new VisavisError('invalid_image', 'The image is no base64; send the bytes of a JPEG, PNG or WebP as base64.')
  }
  if (nodeBuffer !== undefined) return new Uint8Array(nodeBuffer.from(data, 'base64'))
  const binary = atob(data)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** Without the one or two signs that may fill base64 up to a multiple of four. */
function withoutPadding(base64: string): string {
  if (base64.endsWith('==')) return base64.slice(0, -2)
  return base64.endsWith('=') ? base64.slice(0, -1) : base64
}

/** Node's own is several times as fast as what all runtimes have; browsers have none. */
const nodeBuffer = (globalThis as { Buffer?: typeof Buffer }).Buffer

/** The base64 alone: no `data:` prefix, no white space. */
export function bareImageText(text: string): string {
  const start = /^\s*data:[^,]{0,100},/i.exec(text)?.[0].length ?? 0
  return text.slice(start).replace(/\s+/g, '')
}

/** Whether the text is the address of a picture rather than a picture. */
export function isImageUrl(text: string): boolean {
  return /^\s*https?:\/\//i.test(text)
}
