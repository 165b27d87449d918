import {
  VisavisError,
  type DetectedFace,
  type Pixels,
  type Recognition,
  type RecognitionModel,
  type RecognizeOptions,
  type Recognizer,
} from '@visavis/core'
import type { Outcome } from '../failure.ts'
import { protocolVersion, type RecognizerRequest } from '../protocol.ts'
import type { Service } from '../page/service-thread.ts'
import { interruptible } from './interruptible-recognizer.ts'
import { outcomeOf, RunningCalls } from './running-calls.ts'
import type { OpenRecognizer } from './open-recognizer.ts'

/** A recognizer as it answers from inside a worker. */
export class RecognizerService implements Service {
  readonly #openRecognizer: OpenRecognizer
  readonly #calls: RunningCalls = new RunningCalls()
  #recognizer: Recognizer | undefined

  constructor(openRecognizer: OpenRecognizer) {
    this.#openRecognizer = openRecognizer
  }

  hello(): number {
    return protocolVersion
  }

  open(request: RecognizerRequest): Promise<Outcome<RecognitionModel>> {
    return outcomeOf(async () => {
      this.#recognizer = interruptible(await this.#openRecognizer(request))
      return this.#recognizer.model
    })
  }

  recognize(id: number, image: Pixels, options: Omit<RecognizeOptions, 'signal'>): Promise<Outcome<Recognition>> {
    return this.#calls.run(id, (signal) => this.#opened().recognize(image, { ...options, signal }))
  }

  detect(id: number, image: Pixels): Promise<Outcome<DetectedFace[]>> {
    return this.#calls.run(id, (signal) => this.#opened().detect(image, { signal }))
  }

  abort(id: number): void {
    this.#calls.abort(id)
  }

  close(): Promise<Outcome<void>> {
    return outcomeOf(async () => this.#recognizer?.close())
  }

  #opened(): Recognizer {
    if (this.#recognizer === undefined) throw new VisavisError('worker_closed', 'The recognizer was not opened.')
    return this.#recognizer
  }
}
