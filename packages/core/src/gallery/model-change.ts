import type { ErrorCode } from '../errors.ts'
import type { Recognizer } from '../recognition/recognizer.ts'
import type { PersonTemplates, Store, StoreChange } from '../store/store.ts'
import { templateFault } from '../template.ts'
import type { VectorIndex } from '../vector-index/vector-index.ts'
import { commit } from './commit.ts'
import { FaceReader } from './face-reader.ts'
import type { Gallery } from './gallery.ts'
import type { Held } from './held.ts'
import { importArea, importCleared } from './import-area.ts'
import { loadGallery } from './load-gallery.ts'
import { modelArea, stagedNoteKey } from './note-keys.ts'
import { PeopleIndex } from './people-index.ts'
import { isSameFaces, reembedAll, renewFaces, type ReembedOptions, type ReembedReport } from './reembed.ts'

export interface ModelChangeOptions {
  readonly gallery: Gallery
  readonly held: Held
  /** Reads with the previous model until the change is done. */
  readonly reader: FaceReader
  /** Of the next model. */
  readonly recognizer: Recognizer
  /** An empty one for the next model. */
  readonly createIndex: () => Promise<VectorIndex>
}

/**
 * The way from one model to the next while the gallery goes on answering. People are staged with templates of the next
 * model, a person who changes meanwhile is staged again, and one write replaces the old templates by the staged ones.
 * Until then everything is read, compared and enrolled with the previous model, so that no answer mixes the two.
 */
export class ModelChange {
  readonly #options: ModelChangeOptions
  readonly #next: FaceReader
  #isDone = false

  constructor(options: ModelChangeOptions) {
    this.#options = options
    this.#next = new FaceReader(options.recognizer, (signal) => options.gallery.check(signal))
    options.held.isChangingModel = true
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /** How many people have templates of another model than the next. */
  async outdatedPeople(): Promise<number> {
    let outdated = 0
    for await (const person of this.#options.held.store.templates()) if (!this.#isCurrent(person)) outdated++
    return outdated
  }

  async run({ signal, onProgress }: ReembedOptions): Promise<ReembedReport> {
    for (;;) {
      const { waiting, staged } = await this.#look()
      const total = staged + waiting.length
      let done = staged
      onProgress?.({ people: done, total })
      await reembedAll(waiting, async (id) => {
        this.#options.gallery.check(signal)
        await this.#stage(id, signal)
        done++
        onProgress?.({ people: done, total })
      })
      this.#options.gallery.check(signal)
      const report = await this.#swap()
      if (report !== undefined) return report
    }
  }

  /** Where another tab has changed the model of the store, answers with the next one from then on. */
  async adopt(): Promise<void> {
    const { held } = this.#options
    if (this.#isDone || held.people.outdated().length === 0) return
    for await (const person of held.store.templates()) if (!this.#isCurrent(person)) return
    const people = await this.#newPeople()
    await loadGallery({ people, store: held.store })
    await held.changes.count(async () => this.#take(people))
  }

  /** The ids of the people who still have to be staged, and how many are. */
  async #look(): Promise<{ waiting: string[]; staged: number }> {
    const { store } = this.#options.held
    const staged = new Set<string>()
    for await (const { id } of store.staged(modelArea)) staged.add(id)
    const waiting: string[] = []
    for await (const person of store.templates()) {
      if (!this.#isCurrent(person) && !staged.has(person.personId)) waiting.push(person.personId)
    }
    return { waiting, staged: staged.size }
  }

  /** Stages a person, unless they have changed since they were read: the next round finds them again. */
  async #stage(id: string, signal: AbortSignal | undefined): Promise<void> {
    const { gallery } = this.#options
    const [person] = await gallery.held.store.persons([id])
    if (person === undefined) return
    const { faces, code } = await renewFaces(person, this.#next, signal)
    await gallery.write(async ({ store }) => {
      const [now] = await store.persons([id])
      const isSame = now !== undefined && isSameFaces(now.faces, person.faces)
      const changes: StoreChange[] = []
      // Staged without collections, so that joining or leaving one meanwhile is not undone.
      if (isSame) changes.push({ kind: 'stage_person', area: modelArea, person: { ...now, collectionIds: [], faces } })
      if (isSame && code !== undefined) {
        changes.push({ kind: 'put_state', key: stagedNoteKey(modelArea, id), value: code })
      }
      return { changes, erase: false, answer: () => undefined }
    })
  }

  /** Replaces the enrolled people by the staged ones; does nothing where a person is not staged yet. */
  async #swap(): Promise<ReembedReport | undefined> {
    const { gallery } = this.#options
    const people = await this.#newPeople()
    const done = await gallery.write(async ({ store }) => {
      const report = await this.#fill(people)
      if (report === undefined) return { changes: [], answer: () => undefined }
      const changes: StoreChange[] = [{ kind: 'put_staged', area: modelArea, within: [] }]
      changes.push(...(await clearedNotes(store, modelArea)))
      // What a sync or an import has staged has templates of the previous model: both begin anew.
      for (const area of await store.areas()) {
        if (area === importArea) changes.push(...importCleared)
        else if (area !== modelArea) {
          changes.push({ kind: 'delete_staged', area }, ...(await clearedNotes(store, area)))
        }
      }
      return { changes, inMemory: () => this.#take(people), answer: () => report }
    })
    if (done === undefined) people.dispose()
    return done
  }

  async #newPeople(): Promise<PeopleIndex> {
    return new PeopleIndex(this.#options.recognizer.model, await this.#options.createIndex())
  }

  /** Fills an empty index with all people as they will be; `undefined` where a person is not staged yet. */
  async #fill(people: PeopleIndex): Promise<ReembedReport | undefined> {
    const { store } = this.#options.held
    const staged = new Map<string, PersonTemplates['faces']>()
    for await (const { id, faces } of store.staged(modelArea)) {
      // Without the thumbnails, which memory does not keep.
      const templates = faces.map(({ modelId, template }) => ({ modelId, template }))
      staged.set(id, templates)
    }
    const prefix = stagedNoteKey(modelArea, '')
    const codes = new Map((await store.states(prefix)).map(([key, value]) => [key.slice(prefix.length), value]))
    const report: ReembedReport = { people: 0, failed: [] }
    let templates = 0
    for await (const person of store.templates()) {
      const { personId } = person
      const faces = staged.get(personId)
      templates += (faces ?? person.faces).length
      if (faces === undefined && !this.#isCurrent(person)) return undefined
      const code = codes.get(personId)
      if (faces?.some(({ template }) => template.length > 0) === true) report.people++
      else if (code !== undefined) report.failed.push({ personId, code: code as ErrorCode })
    }
    people.reserve(templates)
    const as = (person: PersonTemplates): PersonTemplates => ({
      ...person,
      faces: staged.get(person.personId) ?? person.faces,
    })
    await loadGallery({ people, store }, { as })
    return report
  }

  /** From this moment on the next model answers. */
  #take(people: PeopleIndex): void {
    const { held, reader, recognizer, gallery } = this.#options
    const before = held.people
    const previous = reader.recognizer
    held.people = people
    held.isChangingModel = false
    reader.switchTo(recognizer)
    this.#isDone = true
    gallery.whenCallsEnd(async () => {
      before.dispose()
      await previous.close()
    })
  }

  #isCurrent({ faces }: Pick<PersonTemplates, 'faces'>): boolean {
    const { id, dimensions } = this.#options.recognizer.model
    return faces.every(({ modelId, template }) => modelId === id && templateFault(template, dimensions) === undefined)
  }
}

/** Whether any person in the store has templates of a model. */
export async function hasTemplatesOf(store: Store, modelId: string): Promise<boolean> {
  for await (const { faces } of store.templates()) if (faces.some((face) => face.modelId === modelId)) return true
  return false
}

/** Erases what an abandoned change of model has staged: people could have been changed since. */
export async function clearModelChange(held: Held): Promise<void> {
  if (!(await held.store.areas()).includes(modelArea)) return
  await commit(held, [{ kind: 'delete_staged', area: modelArea }, ...(await clearedNotes(held.store, modelArea))])
}

async function clearedNotes(store: Pick<Store, 'states'>, area: string): Promise<StoreChange[]> {
  const notes = await store.states(stagedNoteKey(area, ''))
  return notes.map(([key]): StoreChange => ({ kind: 'delete_state', key }))
}
