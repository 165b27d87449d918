import { VisavisError } from '../../errors.ts'
import {
  fromBase64,
  importKey,
  isDerivation,
  newDerivation,
  newKeyBytes,
  seal,
  toBase64,
  toKey,
  unseal,
  type KeyDerivation,
  type Secret,
} from './sealing.ts'

/** Under which key of the store's states the header stands. */
export const headerKey = 'encryption'

/** The version of the format of everything that is sealed; part of each context. */
export const sealVersion = 1

/** A key that records are sealed with, and its number: 0 to 255, one more with each rotation, and round again. */
export interface DataKey {
  readonly generation: number
  readonly key: CryptoKey
}

/** A data key that can be read. It is blanked as soon as it is sealed or imported. */
export interface RawKey {
  readonly generation: number
  readonly bytes: Uint8Array
}

interface Header {
  readonly version: number
  readonly derivation: KeyDerivation | null
  /** Sealed with the caller's key; more than one while records are being sealed anew. */
  readonly keys: readonly { readonly generation: number; readonly sealed: string }[]
}

export function newRawKey(generation: number): RawKey {
  return { generation, bytes: newKeyBytes() }
}

/** Non-extractable keys that seal and open records; the raw bytes are overwritten with zeros. */
export async function importKeys(raw: readonly RawKey[]): Promise<DataKey[]> {
  try {
    return await Promise.all(raw.map(async ({ generation, bytes }) => ({ generation, key: await importKey(bytes) })))
  } finally {
    blank(raw)
  }
}

export function blank(raw: readonly RawKey[]): void {
  for (const { bytes } of raw) bytes.fill(0)
}

/** The header that keeps data keys, the current one last, wrapped with a key of the secret. */
export async function writeHeader(secret: Secret, keys: readonly RawKey[]): Promise<string> {
  const derivation = secret.passphrase === undefined ? null : newDerivation()
  const key = await toKey(secret, derivation)
  const sealed = keys.map(async ({ generation, bytes }) => ({
    generation,
    sealed: toBase64(await seal(key, bytes, contextOf(generation))),
  }))
  const header: Header = { version: sealVersion, derivation, keys: await Promise.all(sealed) }
  return JSON.stringify(header)
}

/** @throws VisavisError `store_key` where the secret is another, `store_version`, `store_corrupt` */
export async function readHeader(secret: Secret, text: string): Promise<DataKey[]> {
  return importKeys(await readRawKeys(secret, text))
}

/** As {@link readHeader}, for sealing the keys with another secret. */
export async function readRawKeys(secret: Secret, text: string): Promise<RawKey[]> {
  const { derivation, keys } = parse(text)
  const key = await toKey(secret, derivation)
  return Promise.all(
    keys.map(async ({ generation, sealed }) => {
      const bytes = await unseal(key, fromBase64(sealed) ?? new Uint8Array(), contextOf(generation))
      if (bytes === undefined) {
        throw new VisavisError('store_key', 'This secret does not open the store; pass the one it is encrypted with.')
      }
      return { generation, bytes }
    }),
  )
}

function parse(text: string): Header {
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch {
    throw corruptHeader()
  }
  const { version, derivation, keys } = (header ?? {}) as Partial<Header>
  if (typeof version === 'number' && version > sealVersion) {
    throw new VisavisError('store_version', 'The store was encrypted by a later visavis; update this one.')
  }
  const isWhole =
    version === sealVersion &&
    (derivation === null || isDerivation(derivation)) &&
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.every(({ generation, sealed }) => Number.isInteger(generation) && typeof sealed === 'string')
  if (!isWhole) throw corruptHeader()
  return header as Header
}

function contextOf(generation: number): string {
  return JSON.stringify([sealVersion, 'data key', generation])
}

function corruptHeader(): VisavisError {
  return new VisavisError(
    'store_corrupt',
    'The keys of the encrypted store are damaged; restore a copy, or import an export.',
  )
}
