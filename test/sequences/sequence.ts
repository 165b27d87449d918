import { exportCollection, importCollection, isVisavisError, type ErrorCode } from '@visavis/core'
import { syncCollection, type SyncReport } from '@visavis/remote'
import { expect } from 'vitest'
import { staff } from '../support/people-service.ts'
import { describeGallery, describeModel, isSame } from './gallery-description.ts'
import { GalleryModel, type ModelFile, type Outcome } from './gallery-model.ts'
import type { Home, HomeModels } from './home.ts'
import { malformedCalls } from './malformed-calls.ts'
import { planApply } from './plan-apply.ts'
import { picture, requestOf } from './step-records.ts'
import { syncedCollection, type SequenceStep, type Step } from './step.ts'
import type { SyncedService } from './synced-service.ts'

const least = { minScore: 0.9, mode: 'FAST' } as const
const search = { ...least, maxResults: 100 } as const
const models = ['colors', 'hues'] as const
export const firstModel: string = models[0]

/** Why a malformed call may be refused. */
const refusals: readonly ErrorCode[] = [
  'invalid_option',
  'invalid_image',
  'person_not_found',
  'collection_not_found',
  'bad_request',
]

/** What is to be done, what it must come to, and what is there then. */
interface Plan {
  readonly call: () => Promise<unknown>
  readonly outcome: Outcome
  readonly after: GalleryModel
  /** Holds what the call gave against what it must give. */
  readonly check?: (answer: never) => void
  /** Whether a crash may leave any part of the people brought over. */
  readonly isPiecemeal?: boolean
}

/** A gallery and its model, and what is done to both. */
export class Sequence {
  readonly #home: Home
  readonly #service: SyncedService | undefined
  #model: GalleryModel = new GalleryModel(firstModel)
  #file: { bytes: Uint8Array; model: ModelFile } | undefined

  constructor(home: Home, service?: SyncedService) {
    this.#home = home
    this.#service = service
  }

  async run(steps: readonly SequenceStep[]): Promise<void> {
    for (const { step, crash } of steps) {
      if (crash === undefined || this.#home.dieIn === undefined) await this.#do(step)
      else await this.#dieIn(step, crash)
      await this.#glance()
    }
    await this.#check()
    this.#model.open()
    await this.#home.reopen(modelsOf(this.#model))
    await this.#check()
  }

  async #do(step: Step): Promise<void> {
    if (step.kind === 'together') return this.#doTogether(step.steps)
    const { call, outcome, after, check } = await this.#plan(step)
    const codes = await codesOf(call, check)
    expectOutcome(codes, outcome)
    if (outcome.length === 0) this.#model = after
  }

  /** Both come to what they would have come to one after the other, in one of the two orders. */
  async #doTogether([a, b]: readonly [Step, Step]): Promise<void> {
    const orders = [await this.#order(a, b), await this.#order(b, a)] as const
    const [first, second] = orders[0].plans
    const [codesA, codesB] = await Promise.all([codesOf(first.call), codesOf(second.call)])
    const found = await describeGallery(this.#home.local)
    const fitting = orders.find(({ plans, model }, i) => {
      const [planA, planB] = i === 0 ? plans : [plans[1], plans[0]]
      return fits(codesA, planA.outcome) && fits(codesB, planB.outcome) && isSame(found, describeModel(model))
    })
    if (fitting !== undefined) {
      this.#model = fitting.model
      return
    }
    // In neither of the orders; one of them is shown.
    expectSame(
      { codesA, codesB, found },
      { ...orders[0].plans.map(({ outcome }) => outcome), found: describeModel(orders[0].model) },
    )
  }

  /** The plans of two steps, one after the other, and what is there then. */
  async #order(first: Step, second: Step): Promise<{ plans: readonly [Plan, Plan]; model: GalleryModel }> {
    const before = this.#model
    const planned = await this.#plan(first)
    this.#model = planned.outcome.length === 0 ? planned.after : before
    const last = await this.#plan(second)
    const model = last.outcome.length === 0 ? last.after : this.#model
    this.#model = before
    return { plans: [planned, last], model }
  }

  /** Whatever the step would have come to, either it has happened or not, for all who open what is left. */
  async #dieIn(step: Step, crash: NonNullable<SequenceStep['crash']>): Promise<void> {
    if (step.kind === 'together') return this.#doTogether(step.steps)
    const before = this.#model
    const { call, outcome, after, isPiecemeal } = await this.#plan(step)
    const { hasDied } = (await this.#home.dieIn?.(crash, () => call().catch(() => undefined))) ?? { hasDied: false }
    if (!hasDied) {
      // It came to its end, well or not, before the moment.
      if (outcome.length === 0) this.#model = after
      return
    }
    await this.#home.reopen(modelsOf(step.kind === 'change_model' ? after : before))
    for (const model of [before, after]) model.open()
    const found = await describeGallery(this.#home.local)
    if (isPiecemeal === true) {
      this.#model = before.copy()
      this.#model.reembed(
        found.persons.flatMap(([id, { faces }]) => (faces.every((face) => face.modelId === after.modelId) ? [id] : [])),
      )
      expectSame(found, describeModel(this.#model))
      return
    }
    const isDone = outcome.length === 0 && isSame(found, describeModel(after))
    this.#model = isDone ? after : before
    // Where the swap was made, it is opened with both, and nothing is left to be brought over.
    expectSame(found, describeModel(this.#model))
  }

  async #plan(step: Step): Promise<Plan> {
    const home = this.#home
    const after = this.#model.copy()
    const { persons, collections } = home.matcher
    switch (step.kind) {
      case 'create': {
        const { id, name } = step.person
        const outcome = after.create(id, step.person)
        return { after, outcome, call: () => persons.create({ id, name, ...requestOf(step.person) }) }
      }
      case 'update': {
        const outcome = after.update(step.person.id, step.person)
        const { name } = step.person
        const changes = { ...(name !== undefined && { name }), ...requestOf(step.person) }
        return { after, outcome, call: () => persons.update(step.person.id, changes) }
      }
      case 'delete':
        return { after, outcome: after.delete(step.id), call: () => persons.delete(step.id) }
      case 'create_collection': {
        const { id, name } = step
        return { after, outcome: after.createCollection(id, name, ''), call: () => collections.create({ id, name }) }
      }
      case 'update_collection': {
        const { id, name } = step
        return { after, outcome: after.updateCollection(id, name), call: () => collections.update(id, { name }) }
      }
      case 'delete_collection':
        return { after, outcome: after.deleteCollection(step.id), call: () => collections.delete(step.id) }
      case 'find': {
        const { number, collectionId } = step
        return { after, outcome: [], call: () => this.#checkSearch(number, collectionId) }
      }
      case 'verify':
        return { after, outcome: [], call: () => this.#checkVerify(step.id, step.number) }
      case 'malformed': {
        const call = malformedCalls[step.call % malformedCalls.length] as (typeof malformedCalls)[number]
        return { after, outcome: refusals, call: () => call(home.matcher, step.value as never) }
      }
      case 'together':
        throw new Error('Two steps at once have no plan of their own.')
      case 'apply': {
        const { changes, outcome } = await planApply(step.changes, after)
        return { after, outcome, call: () => home.local.records.apply(changes) }
      }
      case 'export':
        return this.#planExport(step.collectionId, after)
      case 'import':
        return this.#planImport(step, after)
      case 'service':
        return { after, outcome: [], call: async () => this.#service?.set(step.row) }
      case 'sync':
        return this.#planSync(step.badRecords, after)
      case 'change_model': {
        const other = models.find((id) => id !== after.modelId) as string
        if (step.keepsPrevious) after.nextModelId = other
        else [after.modelId, after.nextModelId] = [other, undefined]
        const opened = modelsOf(after)
        after.open()
        return { after, outcome: [], call: () => home.reopen(opened) }
      }
      case 'reembed': {
        // All at once where the previous model answers meanwhile.
        const isPiecemeal = after.nextModelId === undefined
        after.reembed()
        return { after, outcome: [], call: () => home.local.reembed(), isPiecemeal }
      }
      case 'rotate':
        return { after, outcome: [], call: async () => home.rotate?.() }
      case 'reopen': {
        const opened = modelsOf(after)
        after.open()
        return { after, outcome: [], call: () => home.reopen(opened) }
      }
    }
  }

  #planExport(collectionId: string | undefined, after: GalleryModel): Plan {
    const isHere = collectionId === undefined || after.collections.has(collectionId)
    const model = after.exported(collectionId)
    const call = async (): Promise<void> => {
      const chunks: Uint8Array[] = []
      const options = collectionId === undefined ? {} : { collectionId }
      for await (const chunk of exportCollection(this.#home.local, options)) chunks.push(chunk)
      this.#file = { bytes: new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer()), model }
    }
    return { after, outcome: isHere ? [] : ['collection_not_found'], call }
  }

  #planImport({ damage, share }: Extract<Step, { kind: 'import' }>, after: GalleryModel): Plan {
    const file = this.#file
    if (file === undefined) return { after, outcome: [], call: async () => {} }
    const bytes = file.bytes.slice(0, damage === 'cut' ? Math.floor(share * (file.bytes.length - 1)) : undefined)
    const at = Math.floor(share * (bytes.length - 1))
    if (damage === 'changed') bytes[at] = (bytes[at] as number) ^ 0x10
    else if (damage === 'none') after.import(file.model)
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < bytes.length; i += 1000) yield bytes.subarray(i, i + 1000)
    }
    const outcome: Outcome = damage === 'none' ? [] : ['store_corrupt', 'store_version', 'store_key']
    return { after, outcome, call: () => importCollection(this.#home.local, chunks()) }
  }

  #planSync(badRecords: number, after: GalleryModel): Plan {
    const service = this.#service
    if (service === undefined) return { after, outcome: [], call: async () => {} }
    service.setBadRecords(badRecords)
    const withheld = after.sync(syncedCollection, staff.name, service.rows)
    const options = { client: service.client, matcher: this.#home.local, collectionId: syncedCollection }
    return {
      after,
      outcome: [],
      call: () => syncCollection(options),
      check(report: SyncReport) {
        const bad = report.problems.filter(({ code }) => code === 'invalid_record').length
        const got = { complete: report.complete, withheld: report.withheld.length, bad }
        expectSame(got, { complete: true, withheld, bad: badRecords })
      },
    }
  }

  /** What a caller sees without asking much. */
  async #glance(): Promise<void> {
    const { persons, collections } = this.#home.matcher
    const seen = (await persons.list({ limit: 100 })).persons
    expectSame(
      seen.map(({ id, name, notes, dateOfBirth, collections: inside, thumbnails: views }) => {
        return [id, name, notes, dateOfBirth, inside.map((one) => one.id).sort(), views.length]
      }),
      describeModel(this.#model).persons.map(([id, { name, notes, dateOfBirth, collections: inside, faces }]) => {
        return [id, name, notes, dateOfBirth, inside, faces.length]
      }),
    )
    const counts = (await collections.list()).map(({ id, name, count }) => [id, name, count]).sort()
    const wanted = [...this.#model.collections]
      .map(([id, { name }]) => [id, name, this.#model.members(id).length])
      .sort()
    expectSame(counts, wanted)
    expectSame(await this.#home.local.outdatedPeople(), this.#model.outdated().length)
  }

  /** Everything that can be told apart. */
  async #check(): Promise<void> {
    await this.#glance()
    expectSame(await describeGallery(this.#home.local), describeModel(this.#model))
    const numbers = new Set([...this.#model.persons.values()].flatMap(({ faces }) => faces.map(({ number }) => number)))
    for (const number of [...numbers, 100]) await this.#checkSearch(number, undefined)
    for (const collectionId of [...this.#model.collections.keys(), 'k0']) {
      await this.#checkSearch([...numbers][0] ?? 100, collectionId)
    }
  }

  /** An answer of the model as the gallery's callers get it: codes may read otherwise there. */
  #told(answer: Outcome | string[] | boolean): readonly string[] | boolean {
    return typeof answer === 'boolean' ? answer : answer.map((word) => this.#home.told?.(word) ?? word)
  }

  async #checkSearch(number: number | null, collectionId: string | undefined): Promise<void> {
    const wanted = this.#told(this.#model.search(number, collectionId))
    const options = { ...search, ...(collectionId !== undefined && { collectionId }) }
    const found = await this.#home.matcher.search(picture(number), options).then(
      ({ candidates }) => candidates.map(({ id }) => id).sort(),
      (error: unknown) => codeOf(error),
    )
    expectAnswer(found, wanted)
  }

  async #checkVerify(id: string, number: number | null): Promise<void> {
    const wanted = this.#told(this.#model.verify(id, number))
    const found = await this.#home.matcher.verify(id, picture(number), least).then(
      ({ match }) => match !== null,
      (error: unknown) => codeOf(error),
    )
    expectAnswer(found, wanted)
  }
}

/** What the gallery of a model is opened with. */
function modelsOf({ modelId, nextModelId }: GalleryModel): HomeModels {
  return nextModelId === undefined ? { modelId, previous: undefined } : { modelId: nextModelId, previous: modelId }
}

/** The code of an error of visavis; any other is thrown on, since it is a fault of its own. */
function codeOf(error: unknown): ErrorCode {
  if (isVisavisError(error)) return error.code
  throw error
}

/** The code of the error of a call, none where it comes to its end. */
async function codesOf(call: Plan['call'], check?: Plan['check']): Promise<ErrorCode[]> {
  return call().then(
    (answer) => {
      check?.(answer as never)
      return []
    },
    (error: unknown) => [codeOf(error)],
  )
}

function fits(codes: readonly ErrorCode[], outcome: Outcome): boolean {
  return outcome.length === 0 ? codes.length === 0 : codes.some((code) => outcome.includes(code))
}

function expectSame(found: unknown, wanted: unknown): void {
  expect(found).toEqual(wanted)
}

/** @param codes Of the errors that came: none or one. */
function expectOutcome(codes: readonly ErrorCode[], outcome: Outcome): void {
  if (outcome.length === 0) expect(codes).toEqual([])
  else expect(outcome).toContain(codes[0])
}

/** @param found What was answered, or the code of the error. */
function expectAnswer(found: unknown, wanted: readonly string[] | boolean): void {
  if (typeof found === 'string') expect(wanted).toContain(found)
  else expect(found).toEqual(wanted)
}
