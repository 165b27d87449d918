import {
  isVisavisError,
  type Collection,
  type GalleryRecords,
  type LocalMatcher,
  type Person,
  type PersonRecord,
} from '@visavis/core'
import type { VerifikClient, WalkSummary } from '../client/client.ts'
import { SyncCheckpoint } from './sync-checkpoint.ts'
import { digestsOf, readMarks, type SyncMark, type SyncProblemCode } from './sync-mark.ts'
import { SyncMeter } from './sync-meter.ts'
import { readPictures, withPictures } from './sync-pictures.ts'
import type { SyncProblem, SyncReport } from './sync-report.ts'
import { swapIn, type SwapOptions, type SwapResult } from './sync-swap.ts'

const checksAtOnce = 4
/** A list that changes while it is read is read again, but not forever. */
const mostReadings = 3

export interface SyncRunOptions {
  readonly client: Pick<VerifikClient, 'persons'>
  readonly matcher: Pick<LocalMatcher, 'records'>
  /** As the service has it. */
  readonly collection: Collection
  readonly signal: AbortSignal
  readonly dryRun: boolean
  readonly atOnce: number
  readonly meter: SyncMeter
}

/** What is to be done about a person of the service. */
interface Taken {
  readonly personId: string
  /** `staged`: new or changed, and put by; `elsewhere`: their id is that of somebody who was enrolled here. */
  readonly decision: 'unchanged' | 'staged' | 'elsewhere'
  readonly problem: SyncProblemCode | undefined
  readonly pictures: number
  /** What is to be put by. */
  readonly fresh?: { readonly person: PersonRecord; readonly mark: SyncMark }
  /** Whether they were put by in an earlier run. */
  readonly resumed?: boolean
}

/** One pass from what is here to what the service has. */
export class SyncRun {
  readonly #client: SyncRunOptions['client']
  readonly #records: GalleryRecords
  readonly #collection: Collection
  readonly #signal: AbortSignal
  readonly #dryRun: boolean
  readonly #atOnce: number
  readonly #meter: SyncMeter
  readonly #marks: ReadonlyMap<string, SyncMark>
  readonly #checkpoint: SyncCheckpoint
  /** Whom an earlier run has put by. */
  readonly #putBy: ReadonlySet<string>
  /** By the id of the person, as last read. */
  readonly #taken: Map<string, Taken> = new Map()
  /** Whether the service says who belongs where. */
  #areNamed = false

  private constructor(options: SyncRunOptions, marks: ReadonlyMap<string, SyncMark>, checkpoint: SyncCheckpoint) {
    this.#client = options.client
    this.#records = options.matcher.records
    this.#collection = options.collection
    this.#signal = options.signal
    this.#dryRun = options.dryRun
    this.#atOnce = options.atOnce
    this.#meter = options.meter
    this.#marks = marks
    this.#checkpoint = checkpoint
    this.#putBy = new Set(checkpoint.marks.keys())
  }

  static async open(options: SyncRunOptions): Promise<SyncRun> {
    const { records } = options.matcher
    return new SyncRun(options, await readMarks(records), await SyncCheckpoint.open(records, options.collection.id))
  }

  async finish(): Promise<SyncReport> {
    const { gone, complete } = await this.#readAll()
    const taken = [...this.#taken.values()]
    const wanted = new Set(taken.flatMap(({ personId, decision }) => (decision === 'staged' ? [personId] : [])))
    const unchanged = taken.flatMap(({ personId, decision }) => (decision === 'unchanged' ? [personId] : []))
    const members = new Set(await this.#members())
    const { removed, kept, enrolledHere, deletedHere } = await this.#swap({ wanted, unchanged, gone, complete })
    for (const id of [...enrolledHere, ...deletedHere]) wanted.delete(id)
    const problems = taken.flatMap(({ personId, problem }): SyncProblem[] => {
      if (enrolledHere.has(personId)) return [{ personId, code: 'person_exists' }]
      if (deletedHere.has(personId)) return [{ personId, code: 'person_not_found' }]
      return problem === undefined ? [] : [{ personId, code: problem }]
    })
    return {
      collectionId: this.#collection.id,
      dryRun: this.#dryRun,
      complete,
      people: taken.length,
      added: [...wanted].filter((id) => !members.has(id)),
      changed: [...wanted].filter((id) => members.has(id)),
      unchanged: unchanged.filter((id) => !deletedHere.has(id)).length,
      removed,
      kept,
      problems,
      pictures: this.#meter.pictures,
      resumed: taken.filter(({ resumed }) => resumed).length,
    }
  }

  #swap(what: Pick<SwapOptions, 'wanted' | 'unchanged' | 'gone' | 'complete'>): Promise<SwapResult> {
    this.#meter.enter('writing', what.wanted.size + what.gone.length)
    const { count: _, ...collection } = this.#collection
    const records = this.#records
    return swapIn({
      ...what,
      records,
      checkpoint: this.#checkpoint,
      collection,
      dryRun: this.#dryRun,
      signal: this.#signal,
    })
  }

  /** Reads the list until it is seen whole, and gives who is not in it any more. */
  async #readAll(): Promise<{ gone: string[]; complete: boolean }> {
    let missedBefore: ReadonlySet<string> = new Set()
    for (let reading = 1; reading <= mostReadings; reading++) {
      const { complete, seen } = await this.#read()
      if (!complete) continue
      const missing = await this.#missing(seen)
      const { here, unclear } = await this.#check(missing)
      if (here > 0) continue
      if (unclear.every((id) => missedBefore.has(id))) {
        for (const id of this.#taken.keys()) if (!seen.has(id)) this.#taken.delete(id)
        return { gone: missing, complete }
      }
      missedBefore = new Set(unclear)
    }
    return { gone: [], complete: false }
  }

  async #read(): Promise<WalkSummary & { seen: Set<string> }> {
    const { id: collectionId, count } = this.#collection
    const meter = this.#meter
    meter.enter('reading', count ?? undefined)
    const seen = new Set<string>()
    const people = this.#client.persons.walk({
      collectionId,
      signal: this.#signal,
      onTotal: (total) => meter.expect(total),
    })
    const pending: Promise<Taken>[] = []
    const settle = async (one: Taken): Promise<void> => {
      this.#taken.set(one.personId, one)
      if (one.fresh !== undefined) await this.#checkpoint.add(one.fresh.person, one.fresh.mark)
      meter.advance(one.pictures)
    }
    try {
      for (;;) {
        const next = await people.next()
        if (next.done === true) {
          for (const one of pending.splice(0)) await settle(await one)
          return { ...next.value, seen }
        }
        seen.add(next.value.id)
        const taking = this.#take(next.value)
        // Heard of when it is its turn, or not at all where the one before it fails.
        taking.catch(() => undefined)
        pending.push(taking)
        if (pending.length >= this.#atOnce) await settle(await (pending.shift() as Promise<Taken>))
      }
    } catch (error) {
      // What was read up to here need not be read again.
      for (const one of await Promise.allSettled(pending)) if (one.status === 'fulfilled') await settle(one.value)
      throw error
    } finally {
      await this.#checkpoint.flush()
    }
  }

  async #take(row: Person): Promise<Taken> {
    const { id: personId } = row
    this.#areNamed ||= row.collections.length > 0
    const [local] = await this.#records.persons([personId])
    const mark = this.#marks.get(personId)
    const isMember = local?.collectionIds.includes(this.#collection.id) === true
    if (local !== undefined && mark === undefined && !isMember) {
      return { personId, decision: 'elsewhere', problem: 'person_exists', pictures: 0 }
    }
    const person = await withPictures(row, this.#client, this.#signal)
    const digests = await digestsOf(person)
    if (local !== undefined && mark !== undefined && isMember && this.#isCurrent(local, mark, digests)) {
      return { personId, decision: 'unchanged', problem: mark.problem, pictures: 0 }
    }
    const staged = this.#checkpoint.marks.get(personId)
    if (staged !== undefined && isSame(staged, digests) && staged.modelId === this.#records.model.id) {
      const resumed = this.#putBy.has(personId)
      return { personId, decision: 'staged', problem: staged.problem, pictures: 0, resumed }
    }
    if (this.#dryRun) return { personId, decision: 'staged', problem: undefined, pictures: 0 }
    return this.#renew(person, digests, local)
  }

  async #renew(
    person: Person,
    digests: Pick<SyncMark, 'details' | 'pictures'>,
    local: PersonRecord | undefined,
  ): Promise<Taken> {
    const { id, name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt } = person
    const mark = this.#marks.get(id)
    const keepsFaces = local !== undefined && mark?.pictures === digests.pictures && this.#isUntouched(local, mark)
    const { faces, problem, embedded } = keepsFaces
      ? { faces: local.faces, problem: mark.problem, embedded: 0 }
      : await readPictures(person, local, this.#records, this.#signal)
    const details = { name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt }
    return {
      personId: id,
      decision: 'staged',
      problem,
      pictures: embedded,
      fresh: {
        person: { id, ...details, collectionIds: [this.#collection.id], faces },
        mark: {
          ...digests,
          modifiedAt,
          modelId: this.#records.model.id,
          collectionIds: [this.#collection.id],
          ...(problem !== undefined && { problem }),
        },
      },
    }
  }

  #isCurrent(local: PersonRecord, mark: SyncMark, digests: Pick<SyncMark, 'details' | 'pictures'>): boolean {
    return isSame(mark, digests) && this.#isUntouched(local, mark) && mark.collectionIds.includes(this.#collection.id)
  }

  /** Whether the person is still as a sync has stored them, and has all the templates that this model makes. */
  #isUntouched(local: PersonRecord, mark: SyncMark): boolean {
    const { id } = this.#records.model
    const wasTried = mark.problem === undefined || mark.modelId === id
    return local.modifiedAt === mark.modifiedAt && wasTried && local.faces.every(({ modelId }) => modelId === id)
  }

  async #members(): Promise<string[]> {
    const isHere = (await this.#records.collections()).some(({ id }) => id === this.#collection.id)
    return isHere ? this.#records.ids(this.#collection.id) : []
  }

  /** Who is in the collection here, or came with it, and was not seen. */
  async #missing(seen: ReadonlySet<string>): Promise<string[]> {
    const ids = new Set(await this.#members())
    for (const [id, { collectionIds }] of this.#marks) if (collectionIds.includes(this.#collection.id)) ids.add(id)
    return [...ids].filter((id) => !seen.has(id)).sort()
  }

  /**
   * Asks for those who are missing one by one: where somebody leaves and somebody comes while a list is read, somebody
   * else can be missed without its numbers showing it.
   */
  async #check(missing: readonly string[]): Promise<{ here: number; unclear: string[] }> {
    if (missing.length === 0) return { here: 0, unclear: [] }
    this.#meter.enter('checking', missing.length)
    const waiting = [...missing]
    const unclear: string[] = []
    let here = 0
    const work = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined && here === 0; id = waiting.shift()) {
        const place = await this.#placeOf(id)
        if (place === 'here') here++
        if (place === 'unclear') unclear.push(id)
        this.#meter.advance()
      }
    }
    const workers = await Promise.allSettled(Array.from({ length: checksAtOnce }, work))
    for (const worker of workers) if (worker.status === 'rejected') throw worker.reason
    return { here, unclear }
  }

  async #placeOf(id: string): Promise<'here' | 'gone' | 'unclear'> {
    const person = await this.#client.persons.get(id, { signal: this.#signal }).catch((error: unknown) => {
      // Ids that were chosen here mean nothing to every service.
      if (isVisavisError(error, 'bad_request') || isVisavisError(error, 'bad_response')) return undefined
      throw error
    })
    if (person === undefined) return 'unclear'
    if (person === null) return 'gone'
    if (person.collections.some((collection) => collection.id === this.#collection.id)) return 'here'
    return person.collections.length > 0 || this.#areNamed ? 'gone' : 'unclear'
  }
}

function isSame(mark: SyncMark, { details, pictures }: Pick<SyncMark, 'details' | 'pictures'>): boolean {
  return mark.details === details && mark.pictures === pictures
}
