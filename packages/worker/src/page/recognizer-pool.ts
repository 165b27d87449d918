import {
  isVisavisError,
  VisavisError,
  type DetectedFace,
  type Pixels,
  type Recognition,
  type RecognitionModel,
  type RecognizeOptions,
  type Recognizer,
} from '@visavis/core'
import { abortSignal, anything, checkOptions, optional, type OptionShape } from '@visavis/core/kit'
import type { Remote } from 'comlink'
import type { Outcome } from '../failure.ts'
import { orAborted } from './or-aborted.ts'
import type { RecognizerRequest } from '../protocol.ts'
import { recognizerFiles, toSettings, type RecognizerFiles } from './recognizer-settings.ts'
import { ServiceThread } from './service-thread.ts'
import type { RecognizerService } from '../thread/recognizer-service.ts'
import { workerSource, type WorkerLike, type WorkerSource } from './worker-handle.ts'

export interface RecognizerPoolOptions extends RecognizerFiles {
  /** How many workers, 1 to 64; each takes some 100 MB of memory. @default one a processor core, 8 at most */
  size?: number
  /** The workers. @default the file that comes with the package */
  worker?: string | URL | (() => WorkerLike)
  /** Stops starting. */
  signal?: AbortSignal
}

const poolOptions: OptionShape<RecognizerPoolOptions> = {
  ...recognizerFiles,
  size: anything,
  worker: workerSource,
  signal: optional(abortSignal),
}

export interface RecognizerPool extends Recognizer {
  /** How many pictures are worked on at once. */
  readonly size: number
}

const usualMost = 8
const mostWorkers = 64

/**
 * How long a worker has to confirm that its picture was aborted, milliseconds; one that recognizes blocks its thread.
 */
const hearingTime = 2000

/** How often a picture is sent to a worker where workers die, of it or not. */
const mostTries = 2

/**
 * A recognizer that works on several pictures at once, each in a worker of its own, for enrolling many people:
 * `createMatcher({ recognizer: await createRecognizerPool() })`. A worker that dies is replaced, and its picture sent
 * to another one; so is a worker that does not confirm an abort by the signal of the call.
 *
 * @throws VisavisError `worker_load_failed` where a worker does not start, `invalid_option`, and what
 * `createRecognizer` throws; the signal's reason.
 */
export async function createRecognizerPool(options: RecognizerPoolOptions = {}): Promise<RecognizerPool> {
  checkOptions('options', poolOptions, options)
  const { size = Math.min(usualMost, globalThis.navigator?.hardwareConcurrency ?? 1), worker, signal } = options
  if (!Number.isInteger(size) || size < 1 || size > mostWorkers) {
    throw new VisavisError('invalid_option', `size must be a whole number from 1 to ${mostWorkers}.`)
  }
  const settings = toSettings(options)
  const seats = Array.from({ length: size }, () => new Seat(settings, worker))
  const opening = seats.map((seat) => seat.open(signal))
  try {
    const [first] = await Promise.all(opening)
    return new Pool(seats, (first as OpenSeat).model)
  } catch (error) {
    await Promise.allSettled(opening)
    await Promise.all(seats.map((seat) => seat.close(closed())))
    throw error
  }
}

interface OpenSeat {
  readonly thread: ServiceThread<RecognizerService>
  readonly model: RecognitionModel
}

/** The place of one worker after the other. */
class Seat {
  readonly #settings: RecognizerRequest
  readonly #source: WorkerSource | undefined
  #opened: Promise<OpenSeat> | undefined
  /** What the last opening came to. */
  #current: OpenSeat | undefined

  constructor(settings: RecognizerRequest, source: WorkerSource | undefined) {
    this.#settings = settings
    this.#source = source
  }

  /** The worker that sits here; a new one where the last one died or did not start. */
  open(signal?: AbortSignal): Promise<OpenSeat> {
    if (this.#opened === undefined) {
      const opened = this.#start(signal)
      this.#opened = opened
      opened.catch(() => this.#leave(opened))
    }
    return this.#opened
  }

  /** Ends a worker that does not answer any more; the next picture gets another one. */
  replace(stuck: OpenSeat): void {
    if (this.#current === stuck) this.#leave(this.#opened)
    void stuck.thread.end(new VisavisError('worker_crashed', 'The worker did not give its picture up, and was ended.'))
  }

  async close(reason: VisavisError): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined)
    await opened?.thread.close(reason)
  }

  async #start(signal: AbortSignal | undefined): Promise<OpenSeat> {
    const onDeath = (): void => this.#leave(this.#opened)
    const thread = await ServiceThread.start<RecognizerService>('recognizer', this.#source, onDeath, signal)
    try {
      const opening = thread.ask((remote) => remote.open(this.#settings))
      this.#current = { thread, model: await orAborted(opening, signal) }
      return this.#current
    } catch (error) {
      await thread.end(closed())
      throw error
    }
  }

  #leave(opened: Promise<OpenSeat> | undefined): void {
    if (this.#opened === opened) this.#opened = undefined
  }
}

class Pool implements RecognizerPool {
  readonly model: RecognitionModel
  readonly size: number
  readonly #seats: readonly Seat[]
  readonly #free: Seat[]
  readonly #waiting: { resolve(seat: Seat): void; reject(reason: unknown): void }[] = []
  #calls = 0
  #closing: Promise<void> | undefined

  constructor(seats: readonly Seat[], model: RecognitionModel) {
    this.model = model
    this.size = seats.length
    this.#seats = seats
    this.#free = [...seats]
  }

  async recognize(image: Pixels, { signal, ...options }: RecognizeOptions): Promise<Recognition> {
    return this.#work(image, signal, (remote, id, sent) => remote.recognize(id, sent, options))
  }

  async detect(image: Pixels, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<DetectedFace[]> {
    return this.#work(image, signal, (remote, id, sent) => remote.detect(id, sent))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const { reject } of this.#waiting.splice(0)) reject(closed())
    await Promise.all(this.#seats.map((seat) => seat.close(closed())))
  }

  async #work<T>(
    image: Pixels,
    signal: AbortSignal | undefined,
    ask: (remote: Remote<RecognizerService>, id: number, sent: Pixels) => Promise<Outcome<T>>,
  ): Promise<T> {
    signal?.throwIfAborted()
    // Copied: it may be long until a worker is free.
    const taken = { ...image, data: new Uint8Array(image.data) }
    return orAborted(this.#try(taken, signal, ask), signal)
  }

  async #try<T>(
    image: Pixels,
    signal: AbortSignal | undefined,
    ask: (remote: Remote<RecognizerService>, id: number, sent: Pixels) => Promise<Outcome<T>>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const seat = await this.#seat()
      try {
        signal?.throwIfAborted()
        return await this.#ask(seat, image, signal, ask)
      } catch (error) {
        if (attempt === mostTries || !isVisavisError(error, 'worker_crashed')) throw error
      } finally {
        this.#release(seat)
      }
    }
  }

  async #ask<T>(
    seat: Seat,
    image: Pixels,
    signal: AbortSignal | undefined,
    ask: (remote: Remote<RecognizerService>, id: number, sent: Pixels) => Promise<Outcome<T>>,
  ): Promise<T> {
    const opened = await seat.open()
    const { thread } = opened
    const id = ++this.#calls
    let timer: ReturnType<typeof setTimeout> | undefined
    const onAbort = (): void => {
      thread.abort(id)
      timer = setTimeout(() => seat.replace(opened), hearingTime)
    }
    signal?.throwIfAborted()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      // Copied as it is sent, since another worker may have to be given it again.
      return await thread.ask((remote) => ask(remote, id, image), signal)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async #seat(): Promise<Seat> {
    if (this.#closing !== undefined) throw closed()
    const seat = this.#free.pop()
    if (seat !== undefined) return seat
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  #release(seat: Seat): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(seat)
    else next.resolve(seat)
  }
}

function closed(): VisavisError {
  return new VisavisError('worker_closed', 'The recognizer pool was closed; create a new one.')
}
