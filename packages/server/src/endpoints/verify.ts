import { facePath, fromVerifyRequest, toWireVerification, verifyAnswer, verifyRequest, toEnvelope } from '@visavis/wire'
import { defineEndpoint, type Endpoint } from '../endpoint.ts'
import { findCollection } from '../find-collection.ts'

export const verifyEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: 'POST',
    path: `${facePath}/verify`,
    summary: 'Do one to three pictures show a certain enrolled person (1:1)?',
    scope: 'read',
    body: verifyRequest,
    answer: verifyAnswer,
    async run(call) {
      const { body } = call
      const { collectionId, ...options } = fromVerifyRequest(body)
      const where = collectionId === undefined ? {} : { collectionId: await findCollection(call.matcher, collectionId) }
      const images = await call.images(body.images)
      const result = await call.recognize((matcher, signal) =>
        matcher.verify(body.id, images, { ...options, ...where, signal }),
      )
      return toEnvelope(call.requestId, toWireVerification(result))
    },
  }),
]
