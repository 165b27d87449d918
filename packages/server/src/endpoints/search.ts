import {
  facePath,
  fromSearchRequest,
  searchAnswer,
  searchCropsRequest,
  searchRequest,
  toEnvelope,
  toWireCandidate,
  type SearchRequest,
} from '@visavis/wire'
import { findCollection } from '../find-collection.ts'
import { defineEndpoint, type Call, type Endpoint } from '../endpoint.ts'

export const searchEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: 'POST',
    path: `${facePath}/search`,
    summary: 'Who is in one to three pictures of one person (1:N)?',
    scope: 'read',
    body: searchRequest,
    answer: searchAnswer,
    run: search,
  }),
  defineEndpoint({
    method: 'POST',
    path: `${facePath}/search/crops`,
    summary: 'Who is in one to three crops, of about 120x120 pixels, of one face (1:N)?',
    scope: 'read',
    body: searchCropsRequest,
    answer: searchAnswer,
    run: search,
  }),
]

async function search(call: Call<SearchRequest>): Promise<object> {
  const { collectionId, ...options } = fromSearchRequest(call.body)
  const where = collectionId === undefined ? {} : { collectionId: await findCollection(call.matcher, collectionId) }
  const images = await call.images(call.body.images)
  const { candidates } = await call.recognize((matcher, signal) =>
    matcher.search(images, { ...options, ...where, signal }),
  )
  call.searched(candidates.length > 0)
  return toEnvelope(call.requestId, candidates.map(toWireCandidate))
}
