import type { Recognizer } from '@visavis/core'
import { nextTask } from './next-task.ts'

/**
 * A recognizer that checks before each picture whether the call was aborted: recognizing itself blocks the thread, so
 * no message arrives meanwhile.
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
