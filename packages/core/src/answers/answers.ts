import type { FaceReader, Probe } from '../gallery/face-reader.ts'
import { comparedVectors, similarityOf } from '../gallery/compared-vectors.ts'
import { describePerson } from '../gallery/describe-person.ts'
import type { Gallery } from '../gallery/gallery.ts'
import { newRequestId } from '../gallery/ids.ts'
import { personNotFound } from '../gallery/not-found.ts'
import type { PersonHit } from '../gallery/people-index.ts'
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

/** An answer as read from memory and store. */
interface Read {
  /** Whom the answer is about, and who was looked at for it. */
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

/** The way from a probe to an answer, once: probe, hits, scores, cut. Search, verify and compare are its callers. Options are checked before. */
export class Answers {
  readonly #gallery: Gallery
  readonly #reader: FaceReader
  readonly #scorer: Scorer

  constructor(gallery: Gallery, reader: FaceReader) {
    this.#gallery = gallery
    this.#reader = reader
    this.#scorer = createScorer(reader.recognizer.model.calibration)
  }

  async search(
    crop: Crop | readonly Crop[],
    { minScore, mode, maxResults, collectionId, signal }: SearchOptions & { maxResults: number },
  ): Promise<SearchResult> {
    const started = performance.now()
    const pictures = this.#reader.take('crop', crop)
    if (collectionId !== undefined) await this.#gallery.knownCollection(collectionId)
    const probe = await this.#reader.probe(pictures, mode, signal)
    this.#gallery.check(signal)
    const searching = performance.now()
    const query = { mode, limit: maxResults, leastSimilarity: this.#leastSimilarity(minScore, probe), collectionId }
    const { people, ages } = this.#gallery.held
    const read = async (): Promise<Read> => {
      const hits = await people.search(probe.vector, query)
      const { passed } = this.#cut(hits, probe, minScore)
      return {
        personIds: hits.map(({ personId }) => personId),
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
      model: this.#reader.recognizer.model.id,
      quality: probe.quality,
      ...(age !== undefined && { collectionAge: age }),
      milliseconds: { ...probe.milliseconds, search: ended - searching, total: ended - started },
    }
  }

  async verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    const { minScore, mode, collectionId, signal } = options
    const pictures = this.#reader.take('crop', crop)
    if (collectionId !== undefined) await this.#gallery.knownCollection(collectionId)
    const probe = await this.#reader.probe(pictures, mode, signal)
    this.#gallery.check(signal)
    const { held } = this.#gallery
    const read = async (): Promise<{ personIds: readonly string[]; result: VerifyResult }> => {
      const [record] = await held.store.persons([personId])
      if (record === undefined) throw personNotFound()
      if (collectionId !== undefined && !record.collectionIds.includes(collectionId)) throw personNotFound()
      const hit = held.people.compare(probe.vector, personId)
      const { score, passed } = this.#cut(hit === undefined ? [] : [hit], probe, minScore)
      const match = passed.length === 0 ? null : { ...describePerson(held, record), score }
      return { personIds: [personId], result: { match, score } }
    }
    return (await this.#gallery.read(read, concerns)).result
  }

  async compare(
    crop: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    const { minScore, mode, signal } = options
    const [probes, references] = [this.#reader.take('probe', crop), this.#reader.take('reference', reference)]
    const probe = await this.#reader.probe(probes, mode, signal)
    const views = await this.#reader.views(references, { mode: 'ACCURATE', purpose: 'search', signal })
    const vectors = comparedVectors(views.map(({ template }) => template))
    const comparison: Comparison = { similarity: similarityOf(probe.vector, vectors), views: views.length }
    const { score, passed } = this.#cut([comparison], probe, minScore)
    return { score, passed: passed.length > 0 }
  }

  /** The least similarity that could reach the score, less what sums may lose. */
  #leastSimilarity(minScore: number, probe: Probe): number {
    return this.#scorer.leastSimilarity(minScore, probe) - rounding
  }

  #cut<Hit extends Comparison>(hits: readonly Hit[], probe: Probe, minScore: number): Cut<Hit> {
    const scored = scoredHits(hits, probe, this.#scorer)
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
