import { isVisavisError, type Candidate, type FaceMatcher, type SearchOptions } from '@visavis/core'
import { detectAnswer, detectRequest, facePath, toWireFace, type DetectRequest, toEnvelope } from '@visavis/wire'
import { defineEndpoint, type Endpoint } from '../endpoint.ts'
import { findCollection } from '../find-collection.ts'

export const detectEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: 'POST',
    path: `${facePath}/detect`,
    summary: 'Where are faces in a picture and, with min_score and search_mode, whose?',
    scope: 'read',
    body: detectRequest,
    answer: detectAnswer,
    async run(call) {
      const { body } = call
      const search = await searchOptions(call.matcher, body)
      const [image] = await call.images([body.image])
      const faces = await call.recognize(async (matcher, signal) => {
        const rows = []
        for (const face of await matcher.detect(image as Uint8Array, { signal })) {
          // A copy, since a matcher in a worker moves what it is given.
          const crop = face.thumbnail.slice()
          const candidates = search === null ? [] : await searchFace(matcher, crop, { ...search, signal })
          rows.push(toWireFace(face, candidates))
        }
        return rows
      })
      return toEnvelope(call.requestId, faces)
    },
  }),
]

/** `null` where the request asks for no search. */
async function searchOptions(matcher: FaceMatcher, request: DetectRequest): Promise<SearchOptions | null> {
  const { min_score: minScore, search_mode: mode, collection_id: collection, max_results: maxResults } = request
  if (minScore === undefined || mode === undefined) return null
  const where = collection === undefined ? {} : { collectionId: await findCollection(matcher, collection) }
  return { minScore, mode, maxResults, ...where }
}

/** Empty where the quality of the face is too low for a search; the face itself is still returned. */
async function searchFace(matcher: FaceMatcher, crop: Uint8Array, options: SearchOptions): Promise<Candidate[]> {
  try {
    return (await matcher.search(crop, options)).candidates
  } catch (error) {
    if (isVisavisError(error) && error.name === 'InputError') return []
    throw error
  }
}
