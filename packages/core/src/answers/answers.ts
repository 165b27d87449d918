import type { FaceReader, Probe } from '../gallery/face-reader.ts'
import { describePerson } from '../gallery/describe-person.ts'
import type { Gallery } from '../gallery/gallery.ts'
import type { HeldView } from '../gallery/held.ts'
import { newRequestId } from '../gallery/ids.ts'
import { ModelChanged, withOneModel } from '../gallery/model-changed.ts'
import { personNotFound } from '../gallery/not-found.ts'
import type { PeopleQuery, PersonHit } from '../gallery/people-index.ts'
import { cosineOf, fuseTemplates } from '../fused-template.ts'
import type { Crop } from '../image/crop.ts'
import { createScorer, type Scorer } from '../score/scorer.ts'
import type {
  Candidate,
  CompareOptions,
  CompareResult,
  SearchOptions,
  SearchResult,
  VerifyOptions,
  VerifyResult,
} from '../searcher.ts'
import type { ForeignChanges } from '../store/store.ts'
import { scoredHits, type Comparison, type Scored } from './scored-hits.ts'

/** What float32 sums may lose; scores are held against `minScore` itself afterwards. */
const rounding = 1e-5

/** So many more people are compared than are returned: the order by score can differ from the order by similarity. */
const spare = 16

/** An answer as read from memory and store. */
interface Read {
  /** The people in the answer, and all others that were compared for it. */
  readonly personIds: readonly string[]
  readonly candidates: Candidate[]
  readonly age: number | undefined
}

/** What a probe was compared with: scored, and cut at the least score. */
interface Cut<Hit> {
  /** The best score, 0 where there was nothing to compare. */
  readonly score: number
  /** Best first. */
  readonly passed: readonly Scored<Hit>[]
}

/**
 * The one way from a probe to an answer: probe, hits, scores, cut. Search, verify and compare call it with checked
 * options.
 */
export class Answers {
  readonly #gallery: Gallery
  readonly #reader: FaceReader
  /** By the id of the model. */
  readonly #scorers: Map<string, Scorer> = new Map()

  constructor(gallery: Gallery, reader: FaceReader) {
    this.#gallery = gallery
    this.#reader = reader
  }

  async search(
    crop: Crop | readonly Crop[],
    { minScore, mode, maxResults, collectionId, signal }: SearchOptions & { maxResults: number },
  ): Promise<SearchResult> {
    const started = performance.now()
    const pictures = this.#reader.take('crop', crop)
    if (collectionId !== undefined) await this.#gallery.knownCollection(collectionId)
    return withOneModel(async () => {
      const probe = await this.#reader.probe(pictures, mode, signal)
      this.#gallery.check(signal)
      const searching = performance.now()
      const { ages } = this.#gallery.held
      const read = async (): Promise<Read> => {
        const { looked, passed } = await this.#best(probe, { minScore, mode, limit: maxResults, collectionId })
        return {
          personIds: looked.map(({ personId }) => personId),
          candidates: await this.#candidates(passed, collectionId),
          age: ages.age(collectionId),
        }
      }
      const { candidates, age } = await this.#gallery.read(read, concerns)
      const ended = performance.now()
      return {
        id: newRequestId(),
        candidates,
        source: 'local',
        model: probe.model.id,
        quality: probe.quality,
        ...(age !== undefined && { collectionAge: age }),
        milliseconds: { ...probe.milliseconds, search: ended - searching, total: ended - started },
      }
    })
  }

  async verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    const { minScore, mode, collectionId, signal } = options
    const pictures = this.#reader.take('crop', crop)
    if (collectionId !== undefined) await this.#gallery.knownCollection(collectionId)
    return withOneModel(async () => {
      const probe = await this.#reader.probe(pictures, mode, signal)
      this.#gallery.check(signal)
      const { held } = this.#gallery
      const read = async (): Promise<{ personIds: readonly string[]; result: VerifyResult }> => {
        const [record] = await held.store.persons([personId])
        if (record === undefined) throw personNotFound()
        if (collectionId !== undefined && !record.collectionIds.includes(collectionId)) throw personNotFound()
        const hit = this.#peopleFor(probe).compare(probe.template.vector, personId)
        const { score, passed } = this.#cut(hit === undefined ? [] : [hit], probe, minScore)
        const match = passed.length === 0 ? null : { ...describePerson(held, record), score }
        return { personIds: [personId], result: { match, score } }
      }
      return (await this.#gallery.read(read, concerns)).result
    })
  }

  async compare(
    crop: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    const { minScore, mode, signal } = options
    const [probes, references] = [this.#reader.take('probe', crop), this.#reader.take('reference', reference)]
    return withOneModel(async () => {
      const probe = await this.#reader.probe(probes, mode, signal)
      const views = await this.#reader.views(references, probe.model.id, {
        mode: 'ACCURATE',
        purpose: 'search',
        signal,
      })
      const enrolled = fuseTemplates(views.map(({ template }) => template))
      const comparison: Comparison = { similarity: cosineOf(probe.template.vector, enrolled.vector), enrolled }
      const { score, passed } = this.#cut([comparison], probe, minScore)
      return { score, passed: passed.length > 0 }
    })
  }

  /**
   * The people with the best scores, and all that were compared for them. Takes the most similar people first, and more
   * of them until no other person's score could be as high.
   */
  async #best(
    probe: Probe,
    { minScore, limit: maxResults, ...query }: Omit<PeopleQuery, 'leastSimilarity'> & { minScore: number },
  ): Promise<{ looked: readonly PersonHit[]; passed: readonly Scored<PersonHit>[] }> {
    const people = this.#peopleFor(probe)
    const scorer = this.#scorerOf(probe)
    const leastSimilarity = scorer.leastSimilarity(minScore, probe) - rounding
    for (let limit = maxResults + spare; ; limit *= 4) {
      const looked = await people.search(probe.template.vector, { ...query, limit, leastSimilarity })
      const passed = this.#cut(looked, probe, minScore).passed.slice(0, maxResults)
      const last = looked.at(-1)
      const isAll = last === undefined || looked.length < limit
      const most = isAll ? 0 : scorer.mostScore(last.similarity, probe)
      if (isAll || most < minScore || (passed[maxResults - 1]?.score ?? 0) >= most) return { looked, passed }
    }
  }

  #scorerOf({ model }: Probe): Scorer {
    const scorer = this.#scorers.get(model.id) ?? createScorer(model.calibration, model.dimensions)
    this.#scorers.set(model.id, scorer)
    return scorer
  }

  /** @throws ModelChanged where people have templates of another model than the probe by now */
  #peopleFor({ model }: Probe): HeldView['people'] {
    const { people } = this.#gallery.held
    if (people.modelId !== model.id) throw new ModelChanged()
    return people
  }

  #cut<Hit extends Comparison>(hits: readonly Hit[], probe: Probe, minScore: number): Cut<Hit> {
    const scored = scoredHits(hits, probe, this.#scorerOf(probe))
    return { score: scored[0]?.score ?? 0, passed: scored.filter(({ score }) => score >= minScore) }
  }

  async #candidates(hits: readonly Scored<PersonHit>[], collectionId: string | undefined): Promise<Candidate[]> {
    const scores = new Map(hits.map(({ personId, score }) => [personId, score]))
    const { held } = this.#gallery
    const records = await held.store.persons([...scores.keys()])
    return records
      .filter(({ collectionIds }) => collectionId === undefined || collectionIds.includes(collectionId))
      .map((record) => ({ ...describePerson(held, record), score: scores.get(record.id) ?? 0 }))
  }
}

function concerns(
  { personIds }: { readonly personIds: readonly string[] },
  { persons, deletedCollections }: ForeignChanges,
): boolean {
  if (persons === undefined || deletedCollections.length > 0) return true
  return personIds.some((id) => persons.includes(id))
}
