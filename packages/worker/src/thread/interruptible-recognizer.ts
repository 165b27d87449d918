import type { Recognizer } from '@visavis/core'
import { nextTask } from './next-task.ts'

/**
 * A recognizer that hears before each picture whether the call was aborted: recognizing itself keeps its thread busy
 * and deaf.
 */
export function interruptible(recognizer: Recognizer): Recognizer {
  return {
    model: recognizer.model,
    detect: async (image, options) => {
      await nextTask()
      options?.signal?.throwIfAborted()
      return recognizer.detect(image, options)
    },
    recognize: async (image, options) => {
      await nextTask()
      options.signal?.throwIfAborted()
      return recognizer.recognize(image, options)
    },
    close: () => recognizer.close(),
  }
}
