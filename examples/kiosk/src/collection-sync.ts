import { syncTimeKey, type Collection } from '@visavis/core'
import type { SyncProblemCode, SyncProgress, SyncReport, VerifikClient } from '@visavis/remote'
import { openCloud } from './cloud.ts'
import type { Kiosk } from './kiosk.ts'
import type { CopiedCollection } from './settings.ts'
import { SyncSchedule, usualPause } from './sync-schedule.ts'

/** A person whom no search finds as the cloud has them. */
export interface Unrecognized {
  /** Or their id, where they have no name here. */
  name: string
  code: SyncProblemCode
}

/** How a sync ended. */
export type SyncEnd =
  | { kind: 'done'; report: SyncReport; unrecognized: readonly Unrecognized[] }
  | { kind: 'failed'; error: unknown }
  | { kind: 'stopped' }

/** The sync that is under way. */
export interface RunningSync {
  readonly collection: CopiedCollection
  readonly dryRun: boolean
  progress: SyncProgress | undefined
  stop: () => void
}

/** Of a long list of people the rest is only counted. */
export const mostNamed = 20

/** Keeps collections of the cloud on this device, as they are there. */
export class CollectionSync {
  /** Called when a sync has begun or ended. */
  onChange: () => void = () => undefined
  onProgress: () => void = () => undefined
  /** Called when the token for the cloud was changed. */
  onToken: () => void = () => undefined
  /** Called when a sync has ended, with whether the user had started it. */
  onEnd: (collection: CopiedCollection, end: SyncEnd, isAsked: boolean) => void = () => undefined
  readonly #kiosk: Kiosk
  readonly #schedule: SyncSchedule
  readonly #ends: Map<string, SyncEnd> = new Map()
  /** The ids of collections whose sync the user has started. */
  readonly #asked: Set<string> = new Set()
  /** The ids of collections whose next sync may remove any number of people. */
  readonly #mayRemoveAll: Set<string> = new Set()
  #token: string | null = null
  #client: VerifikClient | undefined
  #running: RunningSync | undefined
  /** When what is running has ended. */
  #ended: Promise<unknown> = Promise.resolve()

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk
    this.#schedule = new SyncSchedule(
      (id) => this.#turn(id),
      () => this.onChange(),
    )
  }

  /** Continues with the collections that were copied the last time. */
  async connect(): Promise<void> {
    addEventListener('online', () => {
      this.#schedule.hurry()
      this.#updated()
    })
    addEventListener('offline', () => this.#updated())
    this.#kiosk.on('settings', () => this.#dropForgotten())
    this.#kiosk.on('turn', () => void this.#plan())
    await this.#plan()
  }

  get running(): RunningSync | undefined {
    return this.#running
  }

  /** Why nothing can be copied now; `undefined` where it can. */
  get hindrance(): 'other_tab' | 'no_token' | 'offline' | undefined {
    if (!this.#kiosk.mayWrite) return 'other_tab'
    if (this.#client === undefined) return 'no_token'
    return navigator.onLine ? undefined : 'offline'
  }

  /** How the last sync of a collection ended, since this page was opened. */
  endOf(id: string): SyncEnd | undefined {
    return this.#ends.get(id)
  }

  /** Milliseconds until the next sync of a collection. */
  dueIn(id: string): number | undefined {
    return this.#schedule.dueIn(id)
  }

  /** How old what is here of a collection is, milliseconds; `undefined` where it was never whole. */
  async age(id: string): Promise<number | undefined> {
    const at = await this.#kiosk.matcher.records.state(syncTimeKey(id))
    return at === undefined ? undefined : Math.max(0, Date.now() - Date.parse(at))
  }

  /** Syncs with this token from now on; with `null` not at all. */
  async setToken(token: string | null): Promise<void> {
    if (token === this.#token) return
    const isOther = this.#token !== null
    this.#token = token
    this.#running?.stop()
    void this.#client?.close()
    this.#client = undefined
    const client = token === null ? undefined : await openCloud(token)
    if (this.#token !== token) return
    this.#client = client
    this.onToken()
    if (isOther) this.#schedule.hurry()
    this.#updated()
  }

  /** The collections that the cloud has. */
  async offered(): Promise<Collection[]> {
    return (await this.#client?.collections.list()) ?? []
  }

  /**
   * Copies the collection now, and again at intervals.
   *
   * @param mayRemoveAll Whether this sync may remove any number of people.
   */
  copy({ id, name }: CopiedCollection, mayRemoveAll = false): void {
    const others = this.#kiosk.settings.copied.filter((one) => one.id !== id)
    this.#kiosk.set({ copied: [...others, { id, name }] })
    this.#asked.add(id)
    if (mayRemoveAll) this.#mayRemoveAll.add(id)
    this.#schedule.plan(id, 0)
    this.onChange()
  }

  /** Shows what copying would change. */
  async preview(collection: CopiedCollection): Promise<void> {
    const end = await this.#sync(collection, true)
    this.onEnd(collection, end, true)
    this.#updated()
  }

  /** Copies the collection no more, and removes what came with it. */
  async remove(id: string): Promise<void> {
    this.#schedule.drop(id)
    this.#mayRemoveAll.delete(id)
    this.#ends.delete(id)
    this.#kiosk.set({ copied: this.#kiosk.settings.copied.filter((one) => one.id !== id) })
    await this.#ended
    const { forgetCollection } = await import('@visavis/remote')
    await forgetCollection({ matcher: this.#kiosk.matcher, collectionId: id })
    this.#kiosk.peopleChanged()
  }

  async #plan(): Promise<void> {
    for (const { id } of this.#kiosk.settings.copied) {
      const age = await this.age(id).catch(() => undefined)
      this.#schedule.plan(id, age === undefined ? 0 : usualPause - age)
    }
    this.#updated()
  }

  #isCopied(id: string): boolean {
    return this.#kiosk.settings.copied.some((one) => one.id === id)
  }

  #dropForgotten(): void {
    const running = this.#running
    if (running?.dryRun === false && !this.#isCopied(running.collection.id)) running.stop()
  }

  #updated(): void {
    this.#schedule.isPaused = this.hindrance !== undefined || this.#running?.dryRun === true
    this.onChange()
  }

  /** @returns whether it went well */
  async #turn(id: string): Promise<boolean> {
    const collection = this.#kiosk.settings.copied.find((one) => one.id === id)
    if (collection === undefined) return true
    const end = await this.#sync(collection, false)
    if (this.#isCopied(id)) this.#ends.set(id, end)
    this.onEnd(collection, end, this.#asked.delete(id))
    return end.kind !== 'failed'
  }

  #sync(collection: CopiedCollection, dryRun: boolean): Promise<SyncEnd> {
    const sync = this.#run(collection, dryRun)
    this.#ended = sync
    return sync
  }

  async #run(collection: CopiedCollection, dryRun: boolean): Promise<SyncEnd> {
    const stopping = new AbortController()
    const running: RunningSync = { collection, dryRun, progress: undefined, stop: () => stopping.abort() }
    this.#running = running
    this.#updated()
    try {
      const { syncCollection } = await import('@visavis/remote')
      const before = await this.#nameHere(collection.id)
      const report = await syncCollection({
        client: this.#client as VerifikClient,
        matcher: this.#kiosk.matcher,
        collectionId: collection.id,
        signal: stopping.signal,
        dryRun,
        ...(!dryRun && this.#mayRemoveAll.has(collection.id) && { mostRemovals: 1 }),
        onProgress: (progress) => {
          running.progress = progress
          this.onProgress()
        },
      })
      if (!dryRun) this.#mayRemoveAll.delete(collection.id)
      const now = await this.#nameHere(collection.id)
      if (now !== undefined && now !== collection.name) this.#rename(collection.id, now)
      const { added, changed, removed } = report
      const isOther = now !== before || added.length + changed.length + removed.length > 0
      if (isOther && !dryRun) this.#kiosk.peopleChanged()
      return { kind: 'done', report, unrecognized: await this.#unrecognized(report) }
    } catch (error) {
      return stopping.signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error }
    } finally {
      this.#running = undefined
    }
  }

  async #nameHere(id: string): Promise<string | undefined> {
    return (await this.#kiosk.matcher.collections.get(id))?.name
  }

  #rename(id: string, name: string): void {
    this.#kiosk.set({ copied: this.#kiosk.settings.copied.map((one) => (one.id === id ? { id, name } : one)) })
  }

  async #unrecognized({ problems }: SyncReport): Promise<Unrecognized[]> {
    const { persons } = this.#kiosk.matcher
    const named: Unrecognized[] = []
    for (const { personId, code } of problems.slice(0, mostNamed)) {
      // The id of a record that was refused need not be that of a person here.
      const name = code === 'invalid_record' ? undefined : (await persons.get(personId))?.name
      named.push({ name: name ?? (personId || 'A record without an id'), code })
    }
    return named
  }
}
