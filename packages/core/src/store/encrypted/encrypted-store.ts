import { VisavisError } from '../../errors.ts'
import { batches, mapBatches, mapInBatches } from '../batches.ts'
import { checkTemplates, deleteFaulty, type CheckedStore, type IntegrityOptions } from '../faulty-people.ts'
import { headerKey } from './encryption-header.ts'
import type { Secret } from './sealing.ts'
import type { SnapshotStorage } from '../snapshot-storage.ts'
import type {
  CollectionRecord,
  ForeignChanges,
  ForeignNews,
  PersonQuery,
  PersonRecord,
  PersonTemplates,
  Store,
  StoreChange,
} from '../store.ts'
import { StoreKeys } from './store-keys.ts'
import { abortSignal, callback, checkOptions, optional, type OptionShape } from '../../values/option-shape.ts'
import { WriteQueue } from '../write-queue.ts'
import { nameMatcher } from '../../values/name-matcher.ts'

export interface RotationOptions {
  /** Stops between two batches; {@link EncryptedStore.resumeRotation} goes on. */
  signal?: AbortSignal
  /** After each batch: how many people are done of how many there are. */
  onProgress?: (progress: { people: number; total: number }) => void
}

const rotationOptions: OptionShape<RotationOptions> = { signal: optional(abortSignal), onProgress: optional(callback) }

/** A store whose people are encrypted. */
export interface EncryptedStore extends CheckedStore {
  /**
   * Whether a change of the secret was interrupted: everything can be read, and some is still sealed with the old key.
   */
  readonly isRotating: boolean
  /**
   * Changes the secret, and seals every record with a new key, while the store is used. From the first moment on only the
   * new secret opens the store; when it resolves, nothing is left that the old one could open.
   * @throws VisavisError `invalid_option`, `store_*`; the signal's reason where it is aborted
   */
  rotateSecret(secret: Secret, options?: RotationOptions): Promise<void>
  /** Finishes what {@link EncryptedStore.rotateSecret} began, where {@link EncryptedStore.isRotating} says so. */
  resumeRotation(options?: RotationOptions): Promise<void>
  /** Encrypts what the index keeps between two starts elsewhere than beside the store; give it as `index.snapshot`. */
  sealSnapshots(storage: SnapshotStorage): SnapshotStorage
}

/** How many people are opened or sealed at once: more only wait for each other, and take memory. */
const batchSize = 100

/**
 * Encrypts the people of a store with AES-256-GCM through WebCrypto: names and all other details, thumbnails, templates
 * and states. Ids, memberships, collections, dates, counts and sizes stay readable. Each field is bound to its person,
 * its place and its model, so none can be exchanged for another; a writer of the file can still put an older version of
 * the same field in its place.
 *
 * @param store Empty, or encrypted with this secret. The encrypted store closes it with itself.
 * @throws VisavisError `store_key` where the secret is another, or the store's people are not encrypted; `store_locked`
 * where another tab holds the store and has not encrypted it; `store_version`, `store_corrupt`, `invalid_option`
 */
export async function encryptedStore(store: Store, secret: Secret): Promise<EncryptedStore> {
  if (store instanceof SealedStore) throw new VisavisError('invalid_option', 'The store is encrypted already.')
  const isReading = store.isReading === true
  const header = await store.state(headerKey)
  if (header !== undefined) return new SealedStore(store, await StoreKeys.read(store, secret, header))
  if (!(await isEmpty(store))) {
    throw new VisavisError(
      'store_key',
      'The people in this store are not encrypted; export them, and import them into a new store that is.',
    )
  }
  if (isReading) {
    throw new VisavisError(
      'store_locked',
      'Another tab or worker holds the store, and has not encrypted it; open it there first.',
    )
  }
  return new SealedStore(store, await StoreKeys.make(store, secret))
}

/** Whether it holds nothing of people: none enrolled, none staged, and no states. */
async function isEmpty(store: Store): Promise<boolean> {
  if ((await store.listPersons({ offset: 0, limit: 0 })).total > 0 || (await store.areas()).length > 0) return false
  return (await store.states('')).length === 0
}

class SealedStore implements EncryptedStore {
  readonly #store: Store
  /** Sealing and writing are one step, so that nothing is written with a key that is no longer kept. */
  readonly #queue: WriteQueue = new WriteQueue()
  readonly #keys: StoreKeys

  constructor(store: Store, keys: StoreKeys) {
    this.#store = store
    this.#keys = keys
  }

  get isRotating(): boolean {
    return this.#keys.sealer.keys.length > 1
  }

  write(changes: readonly StoreChange[]): Promise<void> {
    return this.#queue.run(async () => {
      await this.#keys.follow()
      await this.#store.write(await mapInBatches(changes, batchSize, (one) => this.#sealed(one)))
    })
  }

  finishErasing(): Promise<void> {
    return this.#store.finishErasing()
  }

  templates(): AsyncIterable<PersonTemplates> {
    return mapBatches(this.#store.templates(), batchSize, (people) => {
      return this.#keys.reading(() => this.#keys.sealer.openTemplates(people))
    })
  }

  async persons(ids: readonly string[]): Promise<PersonRecord[]> {
    return this.#keys.reading(async () => this.#open(await this.#store.persons(ids)))
  }

  async listPersons(query: PersonQuery): Promise<{ persons: PersonRecord[]; total: number }> {
    if (query.name === undefined) {
      return this.#keys.reading(async () => {
        const { persons, total } = await this.#store.listPersons(query)
        return { persons: await this.#open(persons), total }
      })
    }
    const { name, collectionId, offset, limit } = query
    const ids = await this.#queue.run(() => this.#keys.reading(() => this.#idsNamed(name, collectionId)))
    return { persons: await this.persons(ids.slice(offset, offset + limit)), total: ids.length }
  }

  collections(): Promise<CollectionRecord[]> {
    return this.#keys.reading(() => this.#store.collections())
  }

  async state(key: string): Promise<string | undefined> {
    if (key === headerKey) return undefined
    return this.#keys.reading(async () => {
      const value = await this.#store.state(key)
      return value === undefined ? undefined : this.#keys.sealer.openState(key, value)
    })
  }

  async states(prefix: string): Promise<(readonly [string, string])[]> {
    return this.#keys.reading(async () => {
      const states = (await this.#store.states(prefix)).filter(([key]) => key !== headerKey)
      return mapInBatches(states, batchSize, async ([key, value]) => {
        return [key, await this.#keys.sealer.openState(key, value)] as const
      })
    })
  }

  areas(): Promise<string[]> {
    return this.#store.areas()
  }

  staged(area: string): AsyncIterable<PersonRecord> {
    return mapBatches(this.#store.staged(area), batchSize, (people) => this.#keys.reading(() => this.#open(people)))
  }

  get isReading(): boolean {
    return this.#store.isReading === true
  }

  async changesSince(revision?: number): Promise<ForeignChanges> {
    const none = { revision: revision ?? 0, persons: [], deletedCollections: [] }
    const changes = await this.#keys.reading(async () => (await this.#store.changesSince?.(revision)) ?? none)
    if (changes.revision !== revision) await this.#keys.follow()
    return changes
  }

  async newsSince(revision: number): Promise<ForeignNews> {
    return this.#keys.reading(async () => {
      const none = { revision, persons: [], deletedCollections: [], people: [], collections: [] }
      const news = (await this.#store.newsSince?.(revision)) ?? none
      return { ...news, people: await this.#keys.sealer.openTemplates(news.people) }
    })
  }

  onChange(listener: () => void): void {
    this.#store.onChange?.(listener)
  }

  async checkIntegrity(options?: IntegrityOptions): Promise<void> {
    await asChecked(this.#store).checkIntegrity?.()
    await checkTemplates(this, options)
  }

  async deleteDamaged(options?: IntegrityOptions): Promise<string[]> {
    const deleted = await this.#queue.run(async () => (await asChecked(this.#store).deleteDamaged?.()) ?? [])
    return [...deleted, ...(await deleteFaulty(this, options))]
  }

  async close(): Promise<void> {
    await this.#queue.idle()
    await this.#store.close()
  }

  async rotateSecret(secret: Secret, options: RotationOptions = {}): Promise<void> {
    checkOptions('options', rotationOptions, options)
    await this.#queue.run(async () => {
      await this.#keys.follow()
      await this.#keys.rotate(secret)
    })
    await this.resumeRotation(options)
  }

  async resumeRotation(options: RotationOptions = {}): Promise<void> {
    checkOptions('options', rotationOptions, options)
    const { signal, onProgress } = options
    await this.#queue.run(() => this.#keys.follow())
    if (!this.isRotating) return
    const { total } = await this.#store.listPersons({ offset: 0, limit: 0 })
    let people = 0
    for await (const ids of batches(idsOf(this.#store), batchSize)) {
      signal?.throwIfAborted()
      await this.#queue.run(async () => {
        const old = (await this.#store.persons(ids)).filter((person) => this.#keys.sealer.isOld(person))
        await this.#store.write(await Promise.all(old.map((person) => this.#renewed(person))))
      })
      people += ids.length
      onProgress?.({ people: Math.min(people, total), total })
    }
    await this.#queue.run(async () => {
      signal?.throwIfAborted()
      await this.#renewTheRest()
      await this.#keys.forgetOld()
    })
    // The snapshot that the old key opens; the index makes another when it is built anew.
    await this.#store.snapshots?.erase()
    await this.#store.finishErasing()
  }

  /** Beside the store, and sealed with its keys. */
  get snapshots(): SnapshotStorage | undefined {
    const { snapshots } = this.#store
    return snapshots && this.sealSnapshots(snapshots)
  }

  sealSnapshots(storage: SnapshotStorage): SnapshotStorage {
    return {
      read: async () => {
        const sealed = await storage.read()
        return sealed === undefined ? undefined : this.#keys.sealer.openSnapshot(sealed)
      },
      write: async (bytes) => storage.write(await this.#keys.sealer.sealSnapshot(bytes)),
      erase: () => storage.erase(),
    }
  }

  /** Renews the rest after the people, which is little: states and staged people. */
  async #renewTheRest(): Promise<void> {
    for (const [key, value] of await this.#store.states('')) {
      if (key === headerKey) continue
      const text = await this.#keys.sealer.openState(key, value)
      await this.#store.write([{ kind: 'put_state', key, value: await this.#keys.sealer.sealState(key, text) }])
    }
    for (const area of await this.#store.areas()) {
      for await (const person of this.#store.staged(area)) {
        if (!this.#keys.sealer.isOld(person)) continue
        const { person: renewed } = await this.#renewed(person)
        await this.#store.write([{ kind: 'stage_person', area, person: renewed }])
      }
    }
  }

  async #renewed(person: PersonRecord): Promise<StoreChange & { kind: 'put_person' }> {
    return {
      kind: 'put_person',
      person: await this.#keys.sealer.sealPerson(await this.#keys.sealer.openPerson(person)),
    }
  }

  async #idsNamed(name: string, collectionId: string | undefined): Promise<string[]> {
    const isNamed = nameMatcher(name)
    const ids: string[] = []
    for (let offset = 0; ; offset += batchSize) {
      const { persons, total } = await this.#store.listPersons({ collectionId, offset, limit: batchSize })
      const names = await Promise.all(persons.map((person) => this.#keys.sealer.openDetails(person)))
      for (const [i, person] of persons.entries()) {
        if (isNamed(names[i]?.name ?? null)) ids.push(person.id)
      }
      if (offset + batchSize >= total) return ids
    }
  }

  #open(persons: readonly PersonRecord[]): Promise<PersonRecord[]> {
    return mapInBatches(persons, batchSize, (person) => this.#keys.sealer.openPerson(person))
  }

  async #sealed(change: StoreChange): Promise<StoreChange> {
    switch (change.kind) {
      case 'put_person':
      case 'stage_person':
        return { ...change, person: await this.#keys.sealer.sealPerson(change.person) }
      case 'put_state':
        return { ...change, value: await this.#keys.sealer.sealState(change.key, change.value) }
      default:
        return change
    }
  }
}

/** A store that may check what is under the encryption. */
function asChecked(store: Store): Partial<CheckedStore> {
  return store
}

async function* idsOf(store: Store): AsyncIterable<string> {
  for await (const { personId } of store.templates()) yield personId
}
