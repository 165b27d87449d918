import { webCrypto } from '../../values/web-crypto.ts'
import { VisavisError } from '../../errors.ts'
import {
  anything,
  checkOptions,
  text as textOption,
  type OptionCheck,
  type OptionShape,
} from '../../values/option-shape.ts'

/** What opens something that is encrypted: 32 bytes, an AES-GCM key of 256 bits, or a text that a key is made of. */
export type Secret =
  | { readonly key: Uint8Array | CryptoKey; readonly passphrase?: never }
  | { readonly passphrase: string; readonly key?: never }

/** A passphrase as an option. */
export const passphraseCheck: OptionCheck = textOption(1, 1_000_000)

/** That it is one of the two says what makes the key. */
const secretShape: OptionShape<{ key?: unknown; passphrase?: unknown }> = { key: anything, passphrase: anything }

/** How a passphrase becomes a key: PBKDF2 with SHA-256. */
export interface KeyDerivation {
  /** 16 random bytes, base64. */
  readonly salt: string
  readonly iterations: number
}

/** What OWASP advises for PBKDF2 with SHA-256: about a quarter of a second here, and for every guess. */
const iterations = 600_000
/** A file that claims more iterations is taken for an attempt to block the reader. */
const mostIterations = 10_000_000

const nonceBytes = 12

/** A function takes at least so many arguments in every engine. */
const mostArguments = 4096

const encoder = new TextEncoder()

export function newDerivation(): KeyDerivation {
  return { salt: toBase64(crypto.getRandomValues(new Uint8Array(16))), iterations }
}

/**
 * @param derivation For a passphrase; what was stored when it was first used.
 * @throws VisavisError `invalid_option`, `store_key` where a passphrase is given for what has another kind of key
 */
export async function toKey(secret: Secret, derivation: KeyDerivation | null): Promise<CryptoKey> {
  checkOptions('secret', secretShape, secret)
  if (secret.passphrase !== undefined) {
    if (typeof secret.passphrase !== 'string' || secret.passphrase === '') {
      throw new VisavisError('invalid_option', 'passphrase must be a text that is not empty.')
    }
    if (derivation === null) {
      throw new VisavisError('store_key', 'It was encrypted with a key, not with a passphrase; pass that key.')
    }
    return derive(secret.passphrase, derivation)
  }
  if (derivation !== null) {
    throw new VisavisError('store_key', 'It was encrypted with a passphrase, not with a key; pass the passphrase.')
  }
  const { key } = secret
  if (key instanceof CryptoKey) {
    const { name, length } = key.algorithm as AesKeyAlgorithm
    if (name === 'AES-GCM' && length === 256 && key.usages.includes('encrypt') && key.usages.includes('decrypt')) {
      return key
    }
  } else if (key instanceof Uint8Array && key.byteLength === 32) {
    return importKey(key)
  }
  throw new VisavisError(
    'invalid_option',
    'key must be 32 bytes, or an AES-GCM key of 256 bits that may encrypt and decrypt.',
  )
}

export function newKeyBytes(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(32))
}

/** @throws VisavisError `runtime_unsupported` */
export async function importKey(bytes: Uint8Array): Promise<CryptoKey> {
  const copy = bytes.slice()
  try {
    return await webCrypto().importKey('raw', copy, 'AES-GCM', false, ['encrypt', 'decrypt'])
  } finally {
    copy.fill(0)
  }
}

/**
 * Encrypts with AES-256-GCM: 12 random bytes, the ciphertext, 16 bytes of tag.
 *
 * @param context What the bytes are and whose; they open with the same context only.
 */
export async function seal(key: CryptoKey, bytes: Uint8Array, context: string): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceBytes))
  const algorithm = { name: 'AES-GCM', iv, additionalData: encoder.encode(context) }
  const sealed = await webCrypto().encrypt(algorithm, key, bytes as Uint8Array<ArrayBuffer>)
  const box = new Uint8Array(nonceBytes + sealed.byteLength)
  box.set(iv)
  box.set(new Uint8Array(sealed), nonceBytes)
  return box
}

/** What {@link seal} encrypted; `undefined` where the key or the context is another, or a bit has changed. */
export async function unseal(
  key: CryptoKey,
  box: Uint8Array,
  context: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = box as Uint8Array<ArrayBuffer>
  const iv = bytes.subarray(0, nonceBytes)
  const algorithm = { name: 'AES-GCM', iv, additionalData: encoder.encode(context) }
  try {
    return new Uint8Array(await webCrypto().decrypt(algorithm, key, bytes.subarray(nonceBytes)))
  } catch {
    return undefined
  }
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let first = 0; first < bytes.byteLength; first += mostArguments) {
    text += String.fromCharCode(...bytes.subarray(first, first + mostArguments))
  }
  return btoa(text)
}

/** `undefined` where it is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let characters: string
  try {
    characters = atob(text)
  } catch {
    return undefined
  }
  const bytes = new Uint8Array(characters.length)
  for (let i = 0; i < bytes.byteLength; i++) bytes[i] = characters.charCodeAt(i)
  return bytes
}

/** Whether a value read from a file says how to derive a key. */
export function isDerivation(value: unknown): value is KeyDerivation {
  if (typeof value !== 'object' || value === null) return false
  const { salt, iterations: count } = value as Partial<KeyDerivation>
  return (
    typeof salt === 'string' &&
    fromBase64(salt)?.byteLength === 16 &&
    Number.isInteger(count) &&
    (count as number) >= 1 &&
    (count as number) <= mostIterations
  )
}

async function derive(passphrase: string, { salt, iterations: count }: KeyDerivation): Promise<CryptoKey> {
  // Typed on another keyboard, the same letters may come as other code points.
  const text = new TextEncoder().encode(passphrase.normalize('NFC'))
  const material = await webCrypto().importKey('raw', text, 'PBKDF2', false, ['deriveKey'])
  return webCrypto().deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt: fromBase64(salt) ?? new Uint8Array(), iterations: count },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}
