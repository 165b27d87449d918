import { createMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { describeFaceMatcher } from './contracts/face-matcher.ts'
import { loadPhoto } from './support/photo-node.ts'

for (const index of ['auto', 'packed', 'usearch', 'usearch-native'] as const) {
  describeFaceMatcher(`the matcher in this thread with the index ${index}`, {
    create: async () => createMatcher({ recognizer: await createRecognizer(), index }),
    loadPhoto,
  })
}
