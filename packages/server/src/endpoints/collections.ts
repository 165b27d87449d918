import { VisavisError, type Collection, type FaceMatcher } from '@visavis/core'
import { nameMatcher } from '@visavis/core/kit'
import {
  collectionAnswer,
  collectionListAnswer,
  createCollectionRequest,
  facePath,
  fromCreateCollectionRequest,
  listCollectionsQuery,
  toWireCollection,
  updateCollectionRequest,
} from '@visavis/wire'
import { defineEndpoint, type Endpoint } from '../endpoint.ts'
import { findCollection } from '../find-collection.ts'

const path = `${facePath}/collections`

export const collectionEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: 'GET',
    path,
    summary: 'Lists all collections, or with ?like_name= those whose name contains it.',
    scope: 'read',
    query: listCollectionsQuery,
    answer: collectionListAnswer,
    async run({ matcher, query }) {
      const { like_name: wanted = '' } = query
      const isNamed = wanted === '' ? () => true : nameMatcher(wanted)
      const collections = await matcher.collections.list()
      return { data: collections.filter(({ name }) => isNamed(name)).map(toWireCollection) }
    },
  }),
  defineEndpoint({
    method: 'POST',
    path,
    summary: 'Makes a collection.',
    scope: 'write',
    body: createCollectionRequest,
    answer: collectionAnswer,
    async run({ matcher, body }) {
      return answerWith(await matcher.collections.create(fromCreateCollectionRequest(body)))
    },
  }),
  defineEndpoint({
    method: 'GET',
    path: `${path}/{id}`,
    summary: 'Gives a collection by its _id or its code.',
    scope: 'read',
    answer: collectionAnswer,
    async run({ matcher, id }) {
      return answerWith(await getCollection(matcher, id))
    },
  }),
  defineEndpoint({
    method: 'PUT',
    path: `${path}/{id}`,
    summary: 'Renames a collection.',
    scope: 'write',
    body: updateCollectionRequest,
    answer: collectionAnswer,
    async run({ matcher, body, id }) {
      const { name, description } = body
      const changes = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) }
      return answerWith(await matcher.collections.update(await findCollection(matcher, id), changes))
    },
  }),
  defineEndpoint({
    method: 'DELETE',
    path: `${path}/{id}`,
    summary: 'Removes a collection; its people stay enrolled.',
    scope: 'write',
    answer: collectionAnswer,
    async run({ matcher, id }) {
      const collection = await getCollection(matcher, id)
      await matcher.collections.delete(collection.id)
      return { data: { ...toWireCollection(collection), deleted: true } }
    },
  }),
]

function answerWith(collection: Collection): object {
  return { data: toWireCollection(collection) }
}

async function getCollection(matcher: FaceMatcher, name: string): Promise<Collection> {
  const collection = await matcher.collections.get(await findCollection(matcher, name))
  // Another caller may have deleted it in between.
  if (collection === null) throw new VisavisError('collection_not_found', 'The collection was just deleted.')
  return collection
}
