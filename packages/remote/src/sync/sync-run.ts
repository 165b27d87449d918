import type { GalleryRecords } from '@visavis/core'
import type { WalkSummary } from '../client/client.ts'
import { invalidRecord } from './service-record.ts'
import { askForMissing, type SyncAbsenceOptions } from './sync-absence.ts'
import { SyncCheckpoint } from './sync-checkpoint.ts'
import { SyncDecisions, type SyncDecision, type SyncDecisionsOptions } from './sync-decision.ts'
import { readMarks, type SyncMark } from './sync-mark.ts'
import type { SyncProblem, SyncReport } from './sync-report.ts'
import { swapIn, type SwapOptions, type SwapResult } from './sync-swap.ts'

/** A list that changes while it is read is read again, but not forever. */
const mostReadings = 3

export interface SyncRunOptions extends SyncDecisionsOptions, SyncAbsenceOptions {
  /** How many people are under way at once. */
  readonly atOnce: number
  readonly mostRemovals: number
}

/** One reading of the service's list. */
interface Reading extends WalkSummary {
  /** The ids of all rows. */
  readonly listed: ReadonlySet<string>
  /** Those of `listed` who stay in the collection here, or join it. */
  readonly seen: ReadonlySet<string>
  /** How many rows have no id. */
  readonly unnamed: number
}

/** One pass from what is here to what the service has. */
export class SyncRun {
  readonly #options: SyncRunOptions
  readonly #records: GalleryRecords
  readonly #marks: ReadonlyMap<string, SyncMark>
  readonly #checkpoint: SyncCheckpoint
  readonly #decisions: SyncDecisions
  /** By the id of the person, as last read. */
  readonly #decided: Map<string, SyncDecision> = new Map()
  /** Of the rows without an id, as last read. */
  #nameless: SyncProblem[] = []
  /** Whether the service names the collections of people. */
  #areNamed = false

  private constructor(options: SyncRunOptions, marks: ReadonlyMap<string, SyncMark>, checkpoint: SyncCheckpoint) {
    this.#options = options
    this.#records = options.matcher.records
    this.#marks = marks
    this.#checkpoint = checkpoint
    this.#decisions = new SyncDecisions(options, marks, checkpoint)
  }

  static async open(options: SyncRunOptions): Promise<SyncRun> {
    const { records } = options.matcher
    return new SyncRun(options, await readMarks(records), await SyncCheckpoint.open(records, options.collection.id))
  }

  async finish(): Promise<SyncReport> {
    const { collection, dryRun, meter } = this.#options
    const { gone, complete } = await this.#readAll()
    const decided = [...this.#decided.values()]
    const idsOf = (wanted: SyncDecision['kind']): string[] =>
      decided.flatMap(({ personId, kind }) => (kind === wanted ? [personId] : []))
    const wanted = new Set(idsOf('staged'))
    const unchanged = idsOf('unchanged')
    const members = new Set(await this.#members())
    const swapped = await this.#swap({ wanted, unchanged, gone, complete })
    for (const id of [...swapped.enrolledHere, ...swapped.deletedHere]) wanted.delete(id)
    return {
      collectionId: collection.id,
      dryRun,
      complete,
      people: decided.length - idsOf('outside').length + this.#nameless.length,
      added: [...wanted].filter((id) => !members.has(id)),
      changed: [...wanted].filter((id) => members.has(id)),
      unchanged: unchanged.filter((id) => !swapped.deletedHere.has(id)).length,
      removed: swapped.removed,
      kept: swapped.kept,
      withheld: swapped.withheld,
      problems: [...decided.flatMap((one) => problemOf(one, swapped)), ...this.#nameless],
      pictures: meter.pictures,
      resumed: decided.filter(({ resumed }) => resumed).length,
    }
  }

  #swap(what: Pick<SwapOptions, 'wanted' | 'unchanged' | 'gone' | 'complete'>): Promise<SwapResult> {
    const { collection, dryRun, mostRemovals, signal, meter } = this.#options
    meter.enter('writing', what.wanted.size + what.gone.length)
    const checkpoint = this.#checkpoint
    return swapIn({ ...what, records: this.#records, checkpoint, collection, dryRun, mostRemovals, signal })
  }

  /** Reads the list until it is complete, and gives the ids of people who are not in it any more. */
  async #readAll(): Promise<{ gone: string[]; complete: boolean }> {
    let before: Reading | undefined
    let missedBefore: ReadonlySet<string> = new Set()
    for (let number = 1; number <= mostReadings; number++) {
      const reading = await this.#read()
      const isWhole = reading.complete || repeatsItself(reading, before)
      before = reading
      if (!isWhole) continue
      const { listed, seen, unnamed } = reading
      const missing = await this.#missing(seen)
      const { here, unclear } = await askForMissing(missing, this.#options, this.#areNamed, unnamed)
      // Rows without an id may be of people whom the service still has.
      if (here.length > unnamed) continue
      if (unclear.every((id) => missedBefore.has(id))) {
        for (const id of this.#decided.keys()) if (!listed.has(id)) this.#decided.delete(id)
        const staying = new Set(here.length + unclear.length <= unnamed ? [...here, ...unclear] : here)
        return { gone: missing.filter((id) => !staying.has(id)), complete: true }
      }
      missedBefore = new Set(unclear)
    }
    return { gone: [], complete: false }
  }

  async #read(): Promise<Reading> {
    const { client, collection, signal, atOnce, meter } = this.#options
    meter.enter('reading', collection.count ?? undefined)
    const listed = new Set<string>()
    const seen = new Set<string>()
    /** The first field that is wrong, by the id of the row. */
    const faults = new Map<string, string | undefined>()
    this.#nameless = []
    const people = client.persons.walk({
      collectionId: collection.id,
      signal,
      onTotal: (total) => meter.expect(total),
      onFaulty: ({ id, fields }) => {
        if (id === null) this.#nameless.push(invalidRecord(null, fields[0]))
        else faults.set(id, fields[0])
      },
    })
    const pending: Promise<SyncDecision>[] = []
    const settle = async (one: SyncDecision): Promise<void> => {
      this.#decided.set(one.personId, one)
      listed.add(one.personId)
      if (one.kind !== 'outside' && one.field !== 'id') seen.add(one.personId)
      if (one.fresh !== undefined) await this.#checkpoint.add(one.fresh.person, one.fresh.mark)
      meter.advance(one.pictures)
    }
    try {
      for (;;) {
        const next = await people.next()
        if (next.done === true) {
          for (const one of pending.splice(0)) await settle(await one)
          return { ...next.value, listed, seen, unnamed: this.#nameless.length }
        }
        const row = next.value
        this.#areNamed ||= row.collections.length > 0
        const deciding = this.#decisions.decide(row, faults.get(row.id))
        // Awaited in its turn, or not at all where one before it fails: neither may be an unhandled rejection.
        deciding.catch(() => undefined)
        pending.push(deciding)
        if (pending.length >= atOnce) await settle(await (pending.shift() as Promise<SyncDecision>))
      }
    } catch (error) {
      // What was read up to here need not be read again.
      for (const one of await Promise.allSettled(pending)) if (one.status === 'fulfilled') await settle(one.value)
      throw error
    } finally {
      await this.#checkpoint.flush()
    }
  }

  async #members(): Promise<string[]> {
    const { id } = this.#options.collection
    const isHere = (await this.#records.collections()).some((one) => one.id === id)
    return isHere ? this.#records.ids(id) : []
  }

  /** The ids of the people who are in the collection here, or came with it, and were not seen. */
  async #missing(seen: ReadonlySet<string>): Promise<string[]> {
    const { id: collectionId } = this.#options.collection
    const ids = new Set(await this.#members())
    for (const [id, { collectionIds }] of this.#marks) if (collectionIds.includes(collectionId)) ids.add(id)
    return [...ids].filter((id) => !seen.has(id)).sort()
  }
}

/** Whether a list that holds people twice was found the same again, so that it is not one that shifts. */
function repeatsItself(reading: Reading, before: Reading | undefined): boolean {
  if (!reading.repeats || before?.repeats !== true || reading.listed.size !== before.listed.size) return false
  return [...reading.listed].every((id) => before.listed.has(id))
}

function problemOf({ personId, problem, field }: SyncDecision, swapped: SwapResult): SyncProblem[] {
  if (swapped.enrolledHere.has(personId)) return [{ personId, code: 'person_exists' }]
  if (swapped.deletedHere.has(personId)) return [{ personId, code: 'person_not_found' }]
  if (problem === 'invalid_record') return [invalidRecord(personId, field)]
  return problem === undefined ? [] : [{ personId, code: problem }]
}
