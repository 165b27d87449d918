import {
  VisavisError,
  type CallOptions,
  type Collections,
  type CompareOptions,
  type CompareResult,
  type Crop,
  type FoundFace,
  type GalleryRecords,
  type LocalMatcher,
  type NewPerson,
  type PersonChanges,
  type Persons,
  type RecallReport,
  type ReembedOptions,
  type ReembedReport,
  type SearchOptions,
  type SearchResult,
  type VerifyOptions,
  type VerifyRecallOptions,
  type VerifyResult,
} from '@visavis/core'
import {
  abortSignal,
  callback,
  checkCallOptions,
  checkCollectionChanges,
  checkCompareOptions,
  checkId,
  checkListOptions,
  checkNewCollection,
  checkNewPerson,
  checkOptions,
  checkPersonChanges,
  checkRecallOptions,
  checkSearchOptions,
  checkVerifyOptions,
  optional,
  type OptionShape,
} from '@visavis/core/kit'
import { CallQueue } from './call-queue.ts'
import { MatcherConnection, type AskOptions } from './matcher-connection.ts'
import { orAborted } from './or-aborted.ts'
import type { MatcherCall, MatcherCalls } from '../protocol.ts'
import { TakenPictures } from './taken-pictures.ts'
import { toMatcherSettings, type WorkerMatcherOptions } from './worker-matcher-options.ts'
import { workerRecords } from './worker-records.ts'

/**
 * A matcher of which only a small part is in this thread: recognition, gallery and store are in a Web Worker, or in
 * Node in a worker thread. Syncs, exports and imports take it as they take one in this thread.
 *
 * @throws VisavisError `worker_load_failed` where the worker does not start, `invalid_option`, and what
 * `createMatcher`, `createRecognizer` and opening the store throw; the signal's reason.
 */
export async function createWorkerMatcher(options: WorkerMatcherOptions = {}): Promise<LocalMatcher> {
  const settings = toMatcherSettings(options)
  const { keepInputs = false, queue, restart = false, worker, onProgress, onStoreChange, signal } = options
  const calls = new CallQueue(queue)
  const connection = new MatcherConnection({
    settings,
    worker,
    restart,
    onProgress,
    onStoreChange,
    onCrash: (reason) => calls.clear(reason),
  })
  await connection.open(signal)
  return new WorkerMatcher(connection, calls, keepInputs)
}

const reembedOptions: OptionShape<ReembedOptions> = { signal: optional(abortSignal), onProgress: optional(callback) }

/** How a call with pictures is made. */
interface PictureCall {
  readonly signal: AbortSignal | undefined
  /** Whether it only asks, so that it may be dropped, and its end need not be awaited. */
  readonly asks: boolean
}

class WorkerMatcher implements LocalMatcher {
  readonly persons: Persons
  readonly collections: Collections
  readonly records: GalleryRecords
  readonly #connection: MatcherConnection
  readonly #calls: CallQueue
  readonly #keep: boolean
  #closing: Promise<void> | undefined

  constructor(connection: MatcherConnection, calls: CallQueue, keep: boolean) {
    this.#connection = connection
    this.#calls = calls
    this.#keep = keep
    this.persons = {
      create: async (person, options = {}) => this.#enroll('persons.create', [], checkNewPerson(person), options),
      get: (id) => this.#call('persons.get', [id]),
      list: async (options = {}) => {
        checkListOptions(options)
        return this.#call('persons.list', [options])
      },
      update: async (id, changes, options = {}) =>
        this.#enroll('persons.update', [id], checkPersonChanges(changes), options),
      delete: (id) => this.#call('persons.delete', [id]),
    }
    this.collections = {
      create: async (collection) => this.#call('collections.create', [checkNewCollection(collection)]),
      get: (id) => this.#call('collections.get', [id]),
      list: () => this.#call('collections.list', []),
      update: async (id, changes) => this.#call('collections.update', [id, checkCollectionChanges(changes)]),
      delete: (id) => this.#call('collections.delete', [id]),
    }
    this.records = workerRecords(connection, () => this.#check())
  }

  async search(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    checkSearchOptions(options)
    const { signal, plain } = withoutSignal(options)
    return this.#look('search', (pictures) => [pictures.take(crop), plain], { signal, asks: true })
  }

  async verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    checkId('personId', personId)
    checkVerifyOptions(options)
    const { signal, plain } = withoutSignal(options)
    return this.#look('verify', (pictures) => [personId, pictures.take(crop), plain], { signal, asks: true })
  }

  async compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    checkCompareOptions(options)
    const { signal, plain } = withoutSignal(options)
    const take = (pictures: TakenPictures): unknown[] => [pictures.take(probe), pictures.take(reference), plain]
    return this.#look('compare', take, { signal, asks: true })
  }

  async detect(image: Crop, options: { signal?: AbortSignal } = {}): Promise<FoundFace[]> {
    checkCallOptions(options)
    const { signal, plain } = withoutSignal(options)
    return this.#look('detect', (pictures) => [pictures.take(image), plain], { signal, asks: true })
  }

  async verifyRecall(options: VerifyRecallOptions = {}): Promise<RecallReport> {
    checkRecallOptions(options)
    const { signal, plain } = withoutSignal(options)
    return this.#call('verifyRecall', [plain], { signal })
  }

  async settled(): Promise<void> {
    return this.#call('settled', [])
  }

  async outdatedPeople(): Promise<number> {
    return this.#call('outdatedPeople', [])
  }

  async reembed(options: ReembedOptions = {}): Promise<ReembedReport> {
    checkOptions('options', reembedOptions, options)
    const { signal, onProgress } = options
    const report = await this.#call('reembed', [{}], { signal, onProgress })
    // Another one answers now, where the previous one has until then.
    await this.#connection.renewModel()
    return report
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#calls.clear(closed())
    await this.#connection.close(closed())
  }

  async #call<C extends MatcherCall>(
    call: C,
    args: unknown[],
    options?: AskOptions,
  ): Promise<Awaited<ReturnType<MatcherCalls[C]>>> {
    this.#check()
    return this.#connection.ask(call, args.map(asNow), options)
  }

  async #enroll<C extends 'persons.create' | 'persons.update'>(
    call: C,
    named: readonly string[],
    person: NewPerson | PersonChanges,
    options: CallOptions,
  ): Promise<Awaited<ReturnType<MatcherCalls[C]>>> {
    checkCallOptions(options)
    const { signal, plain } = withoutSignal(options)
    const told = asNow({ ...person })
    const take = (pictures: TakenPictures): unknown[] => {
      if (told.images === undefined) return [...named, told, plain]
      const images = pictures.take(told.images)
      const withImages = (taken: unknown): object => ({ ...told, images: taken })
      return [...named, images instanceof Promise ? images.then(withImages) : withImages(images), plain]
    }
    return this.#look(call, take, { signal, asks: false })
  }

  /** A call with pictures: takes them at once, and is sent in its turn. */
  async #look<C extends MatcherCall>(
    call: C,
    take: (pictures: TakenPictures) => unknown[],
    { signal, asks }: PictureCall,
  ): Promise<Awaited<ReturnType<MatcherCalls[C]>>> {
    this.#check()
    signal?.throwIfAborted()
    if (asks) this.#calls.makeRoom()
    const pictures = new TakenPictures(this.#keep)
    const args = Promise.all(take(pictures))
    // Awaited below, unless the call is refused before.
    args.catch(() => undefined)
    const work = async (): Promise<Awaited<ReturnType<MatcherCalls[C]>>> => {
      const ready = await args
      this.#check()
      return this.#connection.ask(call, ready, { moved: pictures.transfer, signal })
    }
    const answer = this.#calls.run(work, asks, signal).catch((error: unknown) => {
      pictures.drop()
      throw error
    })
    // An enrollment is awaited to its end, so that its outcome is known; an aborted search need not be.
    return asks ? orAborted(answer, signal) : answer
  }

  #check(): void {
    if (this.#closing !== undefined) throw closed()
  }
}

function closed(): VisavisError {
  return new VisavisError('matcher_closed', 'The matcher was closed; create a new one.')
}

/** A signal cannot cross into the worker; its abort is sent as a message. */
function withoutSignal<T extends object>(
  options: T & { signal?: AbortSignal },
): {
  signal: AbortSignal | undefined
  plain: Omit<T, 'signal'>
} {
  // Nothing at all is passed on as it is: the matcher says what was expected.
  if (typeof options !== 'object' || options === null) return { signal: undefined, plain: options }
  const { signal, ...plain } = options
  return { signal, plain: asNow(plain) }
}

/** A copy of the options: a call is sent in its turn, and the caller may change the objects before. */
function asNow<T>(options: T): T {
  if (Array.isArray(options)) return [...(options as unknown[])] as T
  if (typeof options !== 'object' || options === null) return options
  const lists = Object.entries(options).map(([name, value]: [string, unknown]) => {
    return [name, Array.isArray(value) ? [...(value as unknown[])] : value]
  })
  return Object.fromEntries(lists) as T
}
