import { VisavisError } from '../errors.ts'

/** @throws VisavisError `runtime_unsupported` where a page is not secure, and so has no WebCrypto */
export function webCrypto(): SubtleCrypto {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> }
  if (crypto?.subtle !== undefined) return crypto.subtle
  throw new VisavisError(
    'runtime_unsupported',
    'Encryption and checksums need WebCrypto (crypto.subtle), which pages have in a secure context only; serve the page over https or from localhost.',
  )
}

/** 64 hexadecimal digits. @throws as {@link webCrypto} */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await webCrypto().digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
