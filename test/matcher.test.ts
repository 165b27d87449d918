import { createMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { describeFaceMatcher } from './contracts/face-matcher.ts'
import { loadPhoto } from './support/photo-node.ts'

describeFaceMatcher('the matcher in this thread', {
  create: async () => createMatcher({ recognizer: await createRecognizer() }),
  loadPhoto,
})
