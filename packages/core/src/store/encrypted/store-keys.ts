import { isVisavisError, VisavisError } from '../../errors.ts'
import { headerKey, readHeader, writeHeader, type DataKey } from './encryption-header.ts'
import { RecordSealer } from './record-sealer.ts'
import type { Secret } from './sealing.ts'
import type { Store } from '../store.ts'

/** The keys of an encrypted store, which change: by its own rotations, and by those of another who writes to it. */
export class StoreKeys {
  readonly #store: Store
  #secret: Secret
  /** As it was read or written last. */
  #header: string
  #sealer: RecordSealer
  /** Whether others may change the keys, because they write. */
  #isShared: boolean
  /** Set where another has changed the secret. */
  #lost: VisavisError | undefined

  constructor(store: Store, secret: Secret, header: string, keys: readonly DataKey[]) {
    this.#store = store
    this.#secret = secret
    this.#header = header
    this.#sealer = new RecordSealer(keys)
    this.#isShared = store.isReading === true
  }

  get sealer(): RecordSealer {
    return this.#sealer
  }

  /** Does what reads: once more with the keys of now, where the ones before do not open what another has written. */
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

  /** Takes the keys that another has written meanwhile. @throws VisavisError `store_key` where this secret opens none */
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
    // Who writes is the only one to change keys.
    this.#isShared = isReading
  }

  /** Writes the keys, the current one last, for whoever has the secret. @default the secret of now */
  async keep(keys: readonly DataKey[], secret: Secret = this.#secret): Promise<void> {
    const header = await writeHeader(secret, keys)
    await this.#store.write([{ kind: 'put_state', key: headerKey, value: header }])
    this.#header = header
    this.#secret = secret
    this.#sealer = new RecordSealer(keys, this.#sealer)
    await this.#store.erased()
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
