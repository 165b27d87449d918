import {
  type CallOptions,
  isVisavisError,
  type Box,
  type CompareOptions,
  type CompareResult,
  type Crop,
  type Pixels,
  type SearchResult,
  type VerifyOptions,
  type VerifyResult,
} from '@visavis/core'
import {
  faceCrop,
  TakenPictures,
  toPixels,
  toShrunkJpeg,
  type ReadPicture,
  callOptions,
  checkCallOptions,
  checkCompareOptions,
  checkCrops,
  checkId,
  checkOptions,
  checkSearchOptions,
  checkVerifyOptions,
  integer,
  number,
  oneOf,
  optional,
  searchOptions,
  type OptionShape,
} from '@visavis/core/kit'
import {
  defaultLivenessScore,
  fromCompareAnswer,
  fromDetectAnswer,
  fromLivenessAnswer,
  fromSearchAnswer,
  fromVerifyAnswer,
  livenessFailure,
  scoreBounds,
  toCompareRequest,
  toSearchRequest,
  toVerifyRequest,
  type Liveness,
  type ReadFace,
} from '@visavis/wire'
import type { LivenessOptions, RemoteFace, RemoteSearchOptions, RenewTokenOptions, VerifikClient } from './client.ts'
import type { VerifikClientOptions } from './client-options.ts'
import { CollectionDirectory } from './collection-directory.ts'
import { Connection } from './connection.ts'
import { PersonPages } from './person-pages.ts'
import { kindOf, toImageTexts, toSentPicture } from './pictures.ts'
import { ServiceCollections } from './service-collections.ts'
import { ServicePersons } from './service-persons.ts'

/**
 * A client of Verifik's API. Nothing is sent before its first call.
 *
 * @throws VisavisError `invalid_option`
 */
export function createVerifikClient(options: VerifikClientOptions): VerifikClient {
  return new Client(new Connection(options))
}

/** What a face must reach to be one, as the API advises. */
const detectScore = 0.8

const remoteSearchOptions: OptionShape<RemoteSearchOptions> = {
  ...searchOptions,
  picture: optional(oneOf('crop', 'photograph')),
}
const livenessOptions: OptionShape<LivenessOptions> = {
  minScore: optional(number(scoreBounds.liveness.least, scoreBounds.liveness.most)),
  os: optional(oneOf('ANDROID', 'IOS', 'DESKTOP')),
  ...callOptions,
}
const renewTokenOptions: OptionShape<RenewTokenOptions> = { months: optional(integer(1, 120)), ...callOptions }

class Client implements VerifikClient {
  readonly persons: ServicePersons
  readonly collections: ServiceCollections
  readonly #connection: Connection
  readonly #directory: CollectionDirectory
  /** Whether comparisons name a mode: the API's pages contradict each other. */
  #comparesByMode: boolean

  constructor(connection: Connection) {
    this.#connection = connection
    this.#directory = new CollectionDirectory(connection)
    this.persons = new ServicePersons(connection, this.#directory, new PersonPages(connection, this.#directory))
    this.collections = new ServiceCollections(connection, this.#directory)
    this.#comparesByMode = connection.settings.server === 'visavis'
  }

  async search(crop: Crop | readonly Crop[], options: RemoteSearchOptions): Promise<SearchResult> {
    const asked = checkSearchOptions(options, remoteSearchOptions)
    return this.#connection.run(options.signal, () => this.#search(crop, { ...options, ...asked }))
  }

  async verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    checkId('personId', personId)
    checkVerifyOptions(options)
    return this.#connection.run(options.signal, async () => {
      const asked = { ...options }
      const { minScore, collectionId, signal } = asked
      const pixels = await decode(take('crop', crop), signal)
      const texts = await toImageTexts(pixels, kindOf(pixels))
      const body = await this.#inCollection(collectionId, signal, (id) =>
        this.#connection.call({
          method: 'POST',
          path: '/verify',
          body: toVerifyRequest(personId, { ...asked, ...(id !== undefined && { collectionId: id }) }, texts),
          repeatable: true,
          signal,
        }),
      )
      return fromVerifyAnswer(body, { personId, minScore, findCollection: this.#directory.known })
    })
  }

  async compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    checkCompareOptions(options)
    return this.#connection.run(options.signal, async () => {
      const asked = { ...options }
      const { minScore, signal } = asked
      const [probeTaken, referenceTaken] = [take('probe', probe), take('reference', reference)]
      const probes = await decode(probeTaken, signal)
      const references = await decode(referenceTaken, signal)
      const texts = await toImageTexts(probes, kindOf(probes))
      const body = await this.#compare(
        toCompareRequest(asked, texts, await toImageTexts(references, kindOf(references))),
        signal,
      )
      const { score, passed } = fromCompareAnswer(body, { minScore })
      return { score, passed }
    })
  }

  async detect(image: Crop, options: CallOptions = {}): Promise<RemoteFace[]> {
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      const pixels = await toPixels(image)
      const { text, scale } = await toSentPicture(pixels, 'photograph')
      signal?.throwIfAborted()
      const searches = this.#connection.settings.server === 'verifik'
      try {
        const body = await this.#connection.call({
          method: 'POST',
          path: '/detect',
          body: { image: text, ...(searches && { min_score: detectScore, search_mode: 'FAST' }) },
          repeatable: true,
          signal,
        })
        return await Promise.all(fromDetectAnswer(body).map((face) => toRemoteFace(face, scale, pixels)))
      } catch (error) {
        if (isVisavisError(error, 'no_face')) return []
        throw error
      }
    })
  }

  async liveness(image: Crop, options: LivenessOptions = {}): Promise<Liveness> {
    checkOptions('options', livenessOptions, options)
    const { minScore = defaultLivenessScore, os = 'DESKTOP', signal } = options
    return this.#connection.run(signal, async () => {
      const { text } = await toSentPicture(await toPixels(image), 'photograph')
      signal?.throwIfAborted()
      const body = await this.#connection.call({
        method: 'POST',
        path: '/liveness',
        body: { image: text, os, liveness_min_score: minScore },
        repeatable: true,
        signal,
        readFailure: (failed) => {
          const score = livenessFailure(failed)
          return score === null ? undefined : { passed: false, liveness_score: score }
        },
      })
      return fromLivenessAnswer(body, { minScore })
    })
  }

  async renewToken(options: RenewTokenOptions = {}): Promise<string> {
    checkOptions('options', renewTokenOptions, options)
    const { months = 1, signal } = options
    return this.#connection.run(signal, () => this.#connection.renewToken(months, signal))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #search(
    crop: Crop | readonly Crop[],
    options: RemoteSearchOptions & { maxResults: number },
  ): Promise<SearchResult> {
    const started = performance.now()
    const asked = { ...options }
    const { minScore, maxResults, picture, collectionId, signal } = asked
    const pixels = await decode(take('crop', crop), signal)
    const kind = picture ?? kindOf(pixels)
    const texts = await toImageTexts(pixels, kind)
    const sent = performance.now()
    const path = kind === 'crop' ? '/search/crops' : '/search'
    const body = await this.#inCollection(collectionId, signal, (id) =>
      this.#connection.call({
        method: 'POST',
        path,
        body: toSearchRequest({ ...asked, ...(id !== undefined && { collectionId: id }) }, texts),
        entity: 'collection',
        repeatable: true,
        signal,
      }),
    ).catch((error: unknown) => {
      // Some services answer so where they find no person.
      if (isVisavisError(error, 'person_not_found')) return { data: [] }
      throw error
    })
    const read = fromSearchAnswer(body, { minScore, maxResults, findCollection: this.#directory.known })
    if (read.percent) this.#connection.emit({ type: 'percent_scores', endpoint: `POST ${path}` })
    const ended = performance.now()
    return {
      id: read.id ?? newRequestId(),
      candidates: read.candidates,
      source: 'remote',
      milliseconds: { decode: sent - started, locate: 0, embed: 0, search: ended - sent, total: ended - started },
    }
  }

  async #compare(request: ReturnType<typeof toCompareRequest>, signal: AbortSignal | undefined): Promise<unknown> {
    const { search_mode: mode, ...rest } = request
    const send = (body: object): Promise<unknown> =>
      this.#connection.call({ method: 'POST', path: '/compare', body, repeatable: true, signal })
    try {
      return await send(this.#comparesByMode ? request : rest)
    } catch (error) {
      if (!isVisavisError(error, 'bad_request') || !error.message.includes('search_mode')) throw error
      const other = await send(this.#comparesByMode ? rest : { ...rest, search_mode: mode })
      this.#comparesByMode = !this.#comparesByMode
      return other
    }
  }

  /** Calls with what the service knows the collection by, and forgets one that it does not know any more. */
  async #inCollection(
    collectionId: string | undefined,
    signal: AbortSignal | undefined,
    call: (id: string | undefined) => Promise<unknown>,
  ): Promise<unknown> {
    const id = await this.#directory.searchId(collectionId, signal)
    try {
      return await call(id)
    } catch (error) {
      if (id !== undefined && isVisavisError(error, 'collection_not_found')) this.#directory.forget(id)
      throw error
    }
  }
}

/** The pictures of a call, before it awaits anything. */
function take(name: string, crop: Crop | readonly Crop[]): TakenPictures {
  return new TakenPictures(checkCrops(name, crop))
}

async function decode(pictures: TakenPictures, signal: AbortSignal | undefined): Promise<Pixels[]> {
  const pixels = await pictures.each((read) => read())
  signal?.throwIfAborted()
  return pixels
}

/** For a service that gives none. Pages that are not secure have no `randomUUID`. */
function newRequestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @param sentScale Pixels of the picture as it was read a pixel of what was sent. */
async function toRemoteFace(face: ReadFace, sentScale: number, pixels: ReadPicture): Promise<RemoteFace> {
  const { score, quality, landmarks } = face
  const scale = sentScale * pixels.scale
  const shown = scaledBox(face.box, sentScale)
  const thumbnail = face.thumbnail ?? (await toShrunkJpeg(faceCrop(pixels, shown), Number.POSITIVE_INFINITY)).bytes
  return {
    box: scaledBox(face.box, scale),
    score,
    thumbnail,
    ...(landmarks && {
      landmarks: {
        leftEye: scaled(landmarks.leftEye, scale),
        rightEye: scaled(landmarks.rightEye, scale),
        nose: scaled(landmarks.nose, scale),
        leftMouth: scaled(landmarks.leftMouth, scale),
        rightMouth: scaled(landmarks.rightMouth, scale),
      },
    }),
    ...(quality && { quality }),
  }
}

function scaledBox({ left, top, right, bottom }: Box, scale: number): Box {
  return { left: left * scale, top: top * scale, right: right * scale, bottom: bottom * scale }
}

function scaled([x, y]: readonly [number, number], scale: number): [number, number] {
  return [x * scale, y * scale]
}
