import { isVisavisError, VisavisError } from '../../errors.ts'
import {
  blank,
  headerKey,
  importKeys,
  newRawKey,
  readHeader,
  readRawKeys,
  writeHeader,
  type DataKey,
  type RawKey,
} from './encryption-header.ts'
import { RecordSealer } from './record-sealer.ts'
import { importKey, type Secret } from './sealing.ts'
import type { Store } from '../store.ts'

/** The keys of an encrypted store, which change: by rotations here, and by those of another writer. */
export class StoreKeys {
  readonly #store: Store
  #secret: Secret
  /** As it was read or written last. */
  #header: string
  #sealer: RecordSealer
  /** Whether another writer may change the keys. */
  #isShared: boolean
  /** Set where another writer has changed the secret. */
  #lost: VisavisError | undefined

  /** The keys of a store that has them already. @throws VisavisError `store_key` where the secret is another */
  static async read(store: Store, secret: Secret, header: string): Promise<StoreKeys> {
    const keys = await readHeader(secret, header)
    return new StoreKeys(store, await withoutBytes(secret), header, keys)
  }

  /** The first key of a store that has none. */
  static async make(store: Store, secret: Secret): Promise<StoreKeys> {
    const raw = [newRawKey(0)]
    try {
      const header = await writeHeader(secret, raw)
      await store.write([{ kind: 'put_state', key: headerKey, value: header }])
      return new StoreKeys(store, await withoutBytes(secret), header, await importKeys(raw))
    } finally {
      blank(raw)
    }
  }

  private constructor(store: Store, secret: Secret, header: string, keys: readonly DataKey[]) {
    this.#store = store
    this.#secret = secret
    this.#header = header
    this.#sealer = new RecordSealer(keys)
    this.#isShared = store.isReading === true
  }

  get sealer(): RecordSealer {
    return this.#sealer
  }

  /**
   * Runs a read; once more with the current keys, where the earlier ones do not open what another writer has written.
   */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    this.#check()
    const sealer = this.#sealer
    try {
      return await work()
    } catch (error) {
      if (isVisavisError(error, 'store_corrupt')) await this.follow()
      if (this.#sealer === sealer) throw error
      return work()
    }
  }

  /**
   * Reads the keys that another writer has written meanwhile. @throws VisavisError `store_key` where this secret opens
   * none
   */
  async follow(): Promise<void> {
    this.#check()
    if (!this.#isShared) return
    const isReading = this.#store.isReading === true
    const header = (await this.#store.state(headerKey)) ?? ''
    if (header !== this.#header) {
      const keys = await readHeader(this.#secret, header).catch((error: unknown) => {
        if (isVisavisError(error, 'store_key')) this.#lost = secretChanged(error)
        throw this.#lost ?? error
      })
      this.#sealer = new RecordSealer(keys, this.#sealer)
      this.#header = header
    }
    // Only the writer of a store changes its keys.
    this.#isShared = isReading
  }

  /**
   * From now on a new key seals, and the secret opens all keys. A key that an interrupted rotation has left is never
   * the new one: the owner of that rotation's secret may know it.
   */
  async rotate(secret: Secret): Promise<void> {
    const raw = await readRawKeys(this.#secret, this.#header)
    const taken = new Set(raw.map(({ generation }) => generation))
    let generation = ((raw.at(-1)?.generation ?? -1) + 1) % 256
    while (taken.has(generation)) generation = (generation + 1) % 256
    await this.#keep([...raw, newRawKey(generation)], secret)
  }

  /** Forgets all keys but the one that seals. */
  async forgetOld(): Promise<void> {
    const raw = await readRawKeys(this.#secret, this.#header)
    blank(raw.slice(0, -1))
    await this.#keep(raw.slice(-1), this.#secret)
  }

  /** Writes the keys, the current one last, wrapped with a key of the secret. */
  async #keep(raw: readonly RawKey[], secret: Secret): Promise<void> {
    try {
      const header = await writeHeader(secret, raw)
      await this.#store.write([{ kind: 'put_state', key: headerKey, value: header }])
      this.#header = header
      this.#secret = await withoutBytes(secret)
      this.#sealer = new RecordSealer(await importKeys(raw), this.#sealer)
    } finally {
      blank(raw)
    }
    await this.#store.finishErasing()
  }

  #check(): void {
    if (this.#lost !== undefined) throw this.#lost
  }
}

function secretChanged(cause: unknown): VisavisError {
  return new VisavisError(
    'store_key',
    'The secret of the store was changed in another tab; open it again with the new one.',
    { cause },
  )
}

/** The same secret, of which nothing can be read in memory; a passphrase is text, which cannot be blanked. */
async function withoutBytes(secret: Secret): Promise<Secret> {
  return secret.key instanceof Uint8Array ? { key: await importKey(secret.key) } : secret
}
