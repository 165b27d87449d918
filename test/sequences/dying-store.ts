import type { Store, StoreChange } from '@visavis/core'
import type { Crash } from './step.ts'

/** Something that a store is to do, and can be interrupted in. */
export interface Deed {
  readonly kind: 'write' | 'finishErasing'
  readonly run: () => Promise<void>
}

/**
 * A store whose process dies in the middle of something that it is to do. From then on nothing comes back from it but errors,
 * and nothing is written any more.
 */
export class DyingStore implements Store {
  readonly #store: Store
  readonly #onDeath: (deed: Deed, share: number) => Promise<void>
  #crash: Crash | undefined
  #deeds = 0
  #isDead = false

  /** @param onDeath Does the share of the deed that is done, and keeps what is left of the store. */
  constructor(store: Store, onDeath: (deed: Deed, share: number) => Promise<void>) {
    this.#store = store
    this.#onDeath = onDeath
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** From now on waits for the moment. */
  arm(crash: Crash): void {
    this.#crash = crash
    this.#deeds = 0
  }

  disarm(): void {
    this.#crash = undefined
  }

  write(changes: readonly StoreChange[]): Promise<void> {
    return this.#do({ kind: 'write', run: () => this.#store.write(changes) })
  }

  finishErasing(): Promise<void> {
    return this.#do({ kind: 'finishErasing', run: () => this.#store.finishErasing() })
  }

  async *templates(): ReturnType<Store['templates']> {
    this.#check()
    yield* this.#store.templates()
  }

  async persons(ids: readonly string[]): ReturnType<Store['persons']> {
    this.#check()
    return this.#store.persons(ids)
  }

  async listPersons(query: Parameters<Store['listPersons']>[0]): ReturnType<Store['listPersons']> {
    this.#check()
    return this.#store.listPersons(query)
  }

  async collections(): ReturnType<Store['collections']> {
    this.#check()
    return this.#store.collections()
  }

  async state(key: string): Promise<string | undefined> {
    this.#check()
    return this.#store.state(key)
  }

  async states(prefix: string): ReturnType<Store['states']> {
    this.#check()
    return this.#store.states(prefix)
  }

  async areas(): Promise<string[]> {
    this.#check()
    return this.#store.areas()
  }

  async *staged(area: string): ReturnType<Store['staged']> {
    this.#check()
    yield* this.#store.staged(area)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  async #do(deed: Deed): Promise<void> {
    this.#check()
    if (this.#crash === undefined || this.#deeds++ < this.#crash.at) return deed.run()
    this.#isDead = true
    await this.#onDeath(deed, this.#crash.share)
    throw new Error('The process has died.')
  }

  #check(): void {
    if (this.#isDead) throw new Error('The process has died.')
  }
}
