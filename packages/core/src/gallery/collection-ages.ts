const prefix = 'synced/'

/** Both clocks in milliseconds: the wall clock, since 1970, and a monotonic one. */
export interface Clocks {
  wall(): number
  steady(): number
}

const clocks: Clocks = { wall: () => Date.now(), steady: () => performance.now() }

/** The key of the store's states that holds when a collection was synced, in ISO 8601. */
export function syncTimeKey(collectionId: string): string {
  return prefix + collectionId
}

/**
 * The age of collections that are synced from elsewhere. Setting the wall clock back makes none younger: time continues
 * from the latest moment known.
 */
export class CollectionAges {
  readonly #syncedAt: Map<string, number> = new Map()
  readonly #clocks: Clocks
  /** The latest wall time known, and the steady one then. */
  #wall: number
  #steady: number

  constructor(states: readonly (readonly [key: string, value: string])[] = [], use: Clocks = clocks) {
    this.#clocks = use
    this.#wall = use.wall()
    this.#steady = use.steady()
    this.replace(states)
  }

  /** Records a state that was stored, or with `undefined` deleted, where it is a sync time. */
  noteState(key: string, value: string | undefined): void {
    if (!key.startsWith(prefix)) return
    const at = Date.parse(value ?? '')
    const collectionId = key.slice(prefix.length)
    if (Number.isNaN(at)) {
      this.#syncedAt.delete(collectionId)
      return
    }
    this.#syncedAt.set(collectionId, at)
    const now = this.#now()
    this.#wall = Math.max(now, at)
    this.#steady = this.#clocks.steady()
  }

  /** Records all states, and forgets the times that are not among them. */
  replace(states: readonly (readonly [key: string, value: string])[]): void {
    this.#syncedAt.clear()
    for (const [key, value] of states) this.noteState(key, value)
  }

  /** Milliseconds, of the collection or without one of the oldest; `undefined` where none was synced. */
  age(collectionId?: string): number | undefined {
    const times = collectionId === undefined ? [...this.#syncedAt.values()] : [this.#syncedAt.get(collectionId)]
    const ages = times.flatMap((at) => (at === undefined ? [] : this.#now() - at))
    return ages.length === 0 ? undefined : Math.max(...ages)
  }

  #now(): number {
    return Math.max(this.#clocks.wall(), this.#wall + this.#clocks.steady() - this.#steady)
  }
}
