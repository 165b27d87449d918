import type { Recognizer } from '@visavis/core'
import { interruptible } from './interruptible-recognizer.ts'
import { nextTask } from './next-task.ts'

interface Waiting {
  begin(): void
  refuse(reason: unknown): void
}

/**
 * The order of pictures in a thread that recognizes one at a time: searches and enrollments at once, and long work,
 * such as a sync, one picture after the other and only while no search or enrollment waits.
 */
export class RecognizerTurns {
  readonly #patient: WeakSet<AbortSignal> = new WeakSet()
  readonly #waiting: Waiting[] = []
  #urgent = 0
  #isTaken = false

  /** Marks what is recognized with this signal as long work. */
  letWait(signal: AbortSignal): void {
    this.#patient.add(signal)
  }

  /** Runs work that goes before the long one. */
  async urgently<T>(work: () => Promise<T>): Promise<T> {
    this.#urgent++
    try {
      return await work()
    } finally {
      this.#urgent--
      this.#begin()
    }
  }

  /** The recognizer as it keeps to the turns. */
  keptBy(recognizer: Recognizer): Recognizer {
    const eager = interruptible(recognizer)
    return {
      ...eager,
      recognize: (image, options) => {
        const { signal } = options
        const work = (): ReturnType<Recognizer['recognize']> => eager.recognize(image, options)
        return signal !== undefined && this.#patient.has(signal) ? this.#patiently(work) : work()
      },
    }
  }

  /** Nothing that waits is done any more. */
  refuse(reason: unknown): void {
    for (const waiting of this.#waiting.splice(0)) waiting.refuse(reason)
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ begin: resolve, refuse: reject })
      this.#begin()
    })
    try {
      return await work()
    } finally {
      void this.#end()
    }
  }

  async #end(): Promise<void> {
    // Messages are received first: recognizing blocks the thread.
    await nextTask()
    this.#isTaken = false
    this.#begin()
  }

  #begin(): void {
    if (this.#isTaken || this.#urgent > 0) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#isTaken = true
    next.begin()
  }
}
