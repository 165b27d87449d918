/** A fresh process that is sent a crop and says how long it took from the first import to the first answer. */
import type { Pixels } from '@visavis/core'

// An unhandled rejection ends the process, which its parent notices.
process.on('message', async (crop: Pixels) => {
  process.send?.(await answer(crop))
  process.disconnect()
})

async function answer(crop: Pixels): Promise<number> {
  const started = performance.now()
  const { createMatcher } = await import('@visavis/core')
  const { createRecognizer } = await import('@visavis/core/tfjs')
  const matcher = await createMatcher({ recognizer: await createRecognizer() })
  const { source } = await matcher.search(crop, { minScore: 0.5, mode: 'FAST' })
  const milliseconds = performance.now() - started
  if (source !== 'local') throw new Error('the search gave no answer')
  await matcher.close()
  return milliseconds
}
