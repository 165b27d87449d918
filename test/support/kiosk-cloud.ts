import { createMatcher, type FaceMatcher, type LocalMatcher, type PersonRecord } from '@visavis/core'
import { createServer, type Listener } from '@visavis/server'
import { colorRecognizer } from './color-recognizer.ts'
import { personId, staff } from './people-service.ts'

export const cloudToken = 'a-token-that-is-long-enough-to-be-one'

/** A server of visavis with one collection of people whose faces are real. */
export interface KioskCloud extends AsyncDisposable {
  readonly matcher: LocalMatcher
  /** The id of a person. */
  idOf(name: string): string
  /** From now on asking for somebody alone is answered no more, until what it gives is called. */
  hold(): () => void
  listen(): Promise<void>
  close(): Promise<void>
}

export interface KioskCloudOptions {
  readonly port: number
  /** Of the kiosk's page. */
  readonly origin: string
  /** The JPEG of each person by their name; `undefined` where there is no picture of them. */
  readonly people: Readonly<Record<string, Uint8Array | undefined>>
}

export async function createCloud({ port, origin, people }: KioskCloudOptions): Promise<KioskCloud> {
  // It recognizes nobody, and so needs no networks.
  const matcher = await createMatcher({ recognizer: colorRecognizer() })
  const { code: id, name } = staff
  const now = new Date(0).toISOString()
  const collection = { id, name, description: '', createdAt: now, modifiedAt: now }
  const names = Object.keys(people)
  const records = names.map((person) => recordOf(personId(names.indexOf(person)), person, people[person]))
  await matcher.records.apply([
    { kind: 'put_collection', collection },
    ...records.map((person) => ({ kind: 'put_person', person }) as const),
  ])
  let held: Promise<void> = Promise.resolve()
  const persons: FaceMatcher['persons'] = {
    create: (person) => matcher.persons.create(person),
    get: async (one) => {
      await held
      return matcher.persons.get(one)
    },
    list: (options) => matcher.persons.list(options),
    update: (one, changes) => matcher.persons.update(one, changes),
    delete: (one) => matcher.persons.delete(one),
  }
  const served: FaceMatcher = {
    persons,
    collections: matcher.collections,
    search: (crop, options) => matcher.search(crop, options),
    verify: (one, crop, options) => matcher.verify(one, crop, options),
    compare: (probe, reference, options) => matcher.compare(probe, reference, options),
    detect: (image, options) => matcher.detect(image, options),
    close: () => matcher.close(),
    [Symbol.asyncDispose]: () => matcher.close(),
  }
  const tokens = [{ token: cloudToken, name: 'kiosk' }]
  let listener: Listener | undefined
  const close = async (): Promise<void> => {
    await listener?.close({ graceMilliseconds: 0 })
    listener = undefined
  }
  return {
    matcher,
    idOf: (person) => personId(names.indexOf(person)),
    hold() {
      const holding = new AbortController()
      held = new Promise((resolve) => {
        holding.signal.addEventListener('abort', () => resolve())
      })
      return () => holding.abort()
    },
    async listen() {
      listener = await createServer({ matcher: served, tokens, cors: { origins: [origin] } }).listen({ port })
    },
    close,
    async [Symbol.asyncDispose]() {
      await close()
      await matcher.close()
    },
  }
}

function recordOf(id: string, name: string, jpeg: Uint8Array | undefined): PersonRecord {
  const now = new Date(0).toISOString()
  const face = { id: `${id}-face`, modelId: '', template: new Float32Array(0) }
  return {
    id,
    name,
    gender: null,
    dateOfBirth: null,
    nationality: null,
    notes: null,
    collectionIds: [staff.code],
    faces: jpeg === undefined ? [] : [{ ...face, thumbnail: jpeg }],
    createdAt: now,
    modifiedAt: now,
  }
}
