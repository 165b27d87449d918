/** A process that serves people over HTTP as a service has them: with pictures, without templates. */
import { createMatcher, type Recognizer, type StoreChange } from '@visavis/core'
import { createServer, type Listener } from '@visavis/server'

export interface SourceRequest {
  /** JPEG files; people beyond them have the same ones again. */
  readonly pictures: readonly Uint8Array[]
  readonly people: number
  /** The ids of collections, and how many of the people, from the first, are in each. */
  readonly collections: Readonly<Record<string, number>>
  readonly token: string
}

export interface SourceReply {
  readonly url: string
}

const enrolledAt = '2026-01-01T00:00:00.000Z'

/** No search runs in this process. */
const calibration = [
  [0, -1],
  [1, -9],
] as const
const nobody: Recognizer = {
  model: { id: 'none', dimensions: 1, calibration: { fast: calibration, accurate: calibration } },
  detect: async () => [],
  recognize: () => Promise.reject(new Error('Nothing is recognized here.')),
  close: async () => {},
}

process.once('message', async (request: SourceRequest) => {
  const listener = await serve(request)
  process.send?.({ url: listener.url } satisfies SourceReply)
})

async function serve({ pictures, people, collections, token }: SourceRequest): Promise<Listener> {
  const matcher = await createMatcher({ recognizer: nobody })
  for (const id of Object.keys(collections)) await matcher.collections.create({ id, name: id })
  const changes = Array.from({ length: people }, (_, i): StoreChange => {
    const id = `person-${String(i).padStart(6, '0')}`
    return {
      kind: 'put_person',
      person: {
        id,
        name: `Person ${i}`,
        gender: null,
        dateOfBirth: null,
        nationality: null,
        notes: null,
        collectionIds: Object.keys(collections).filter((name) => i < (collections[name] as number)),
        faces: [
          {
            id: `${id}-1`,
            thumbnail: pictures[i % pictures.length] as Uint8Array,
            modelId: 'none',
            template: new Float32Array(0),
          },
        ],
        createdAt: enrolledAt,
        modifiedAt: enrolledAt,
      },
    }
  })
  await matcher.records.apply(changes)
  return createServer({ matcher, tokens: [{ token }] }).listen()
}
