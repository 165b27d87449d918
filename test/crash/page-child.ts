/** Runs in a page: looks at a store, and changes it until the page is closed, telling what it begins and has done. */
import {
  createMatcher,
  encryptedStore,
  exportCollection,
  importCollection,
  isVisavisError,
  memoryStore,
  type EncryptedStore,
  type FaceRecord,
  type LocalMatcher,
  type Store,
  type StoreChange,
} from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import { colorRecognizer, pictureOf } from '../support/color-recognizer.ts'
import { changePeople } from './change-people.ts'
import { batchPeople, type Found, type PageTask } from './page-words.ts'

const index = { wasm: '/usearch.wasm' }
let store: Store
let matcher: LocalMatcher
let encrypted: EncryptedStore | undefined

globalThis.openStore = async (task) => {
  const plain = await indexedDbStore({ name: task.name })
  // The page before may hold it for another moment.
  if (!task.beside) await turn(plain)
  const opened = await openAll(task, plain)
  encrypted = opened.at(0)?.store
  store = encrypted ?? plain
  matcher = await createMatcher({ recognizer: colorRecognizer(task.model), store, index })
  return { ...(await look()), secrets: opened.map(({ secret }) => secret) }
}

globalThis.takeTurn = async () => {
  await turn(store)
  return { ...(await look()), secrets: [] }
}

/** Resolves when nobody else writes. */
async function turn(shared: Store): Promise<void> {
  while (shared.isReading) await new Promise<void>((resolve) => shared.onChange?.(resolve))
}

async function look(): Promise<Omit<Found, 'secrets'>> {
  const people = (await store.listPersons({ offset: 0, limit: 1000 })).persons.map(({ id, name, faces }) => {
    const [face] = faces as [FaceRecord]
    return { id, name, modelId: face.modelId, template: [...face.template], faces: faces.length }
  })
  return {
    people,
    areas: await store.areas(),
    batch: await store.state('batch'),
    outdated: await matcher.outdatedPeople(),
  }
}

globalThis.find = (numbers) =>
  Promise.all(
    numbers.map(async (number) => {
      const search = matcher.search(pictureOf(number), { minScore: 0.9, mode: 'FAST' })
      const ids = await search.then(
        ({ candidates }) => candidates.map(({ id }) => id),
        (error: unknown) => codeOf(error),
      )
      return [number, ids] as const
    }),
  )

globalThis.work = async (task) => {
  await globalThis.say({ at: 'open' })
  const works: Record<PageTask['kind'], () => Promise<void>> = {
    people: () => changePeople(matcher, task, globalThis.say),
    swap: () => swapBatches(task.batch),
    import: () => importBatches(task.batch),
    reembed: async () => {
      await matcher.reembed({ onProgress: ({ people }) => void globalThis.say({ at: 'done', step: people }) })
      await globalThis.say({ at: 'end' })
    },
    rotate: async () => {
      await Promise.all([changePeople(matcher, task, globalThis.say), rotate(task.secrets[0] as number)])
    },
  }
  await works[task.kind]()
}

globalThis.enroll = async (people) => {
  for (let i = 0; i < people; i++) {
    await matcher.persons.create({ id: `p${i}`, name: `Name ${i}`, images: [pictureOf(i)] })
  }
}

globalThis.fill = async (people) => {
  const [face] = (await matcher.records.faces([pictureOf(1)])) as [FaceRecord]
  const enrolled: string[] = []
  for (let i = 0; i < people; i++) {
    // Bytes that do not shrink when they are compressed.
    const thumbnail = new Uint8Array(500_000)
    for (let at = 0; at < thumbnail.length; at += 65_536) {
      crypto.getRandomValues(thumbnail.subarray(at, Math.min(at + 65_536, thumbnail.length)))
    }
    const id = `large${i}`
    try {
      await matcher.records.apply([put(id, `Large ${i}`, { ...face, thumbnail })])
    } catch (error) {
      return { enrolled, code: codeOf(error) }
    }
    enrolled.push(id)
  }
  return { enrolled, code: undefined }
}

/** Everything that opens with one of the secrets; without any the store is not encrypted. */
async function openAll(task: PageTask, plain: Store): Promise<{ secret: number; store: EncryptedStore }[]> {
  const opened: { secret: number; store: EncryptedStore }[] = []
  for (const secret of task.secrets) {
    try {
      opened.push({ secret, store: await encryptedStore(plain, keyOf(secret)) })
    } catch (error) {
      if (!isVisavisError(error, 'store_key')) throw error
    }
  }
  return opened
}

/** Swaps a whole collection for another, over and over. */
async function swapBatches(first: number): Promise<void> {
  const faces: FaceRecord[][] = []
  for (let i = 0; i < batchPeople; i++) faces.push(await matcher.records.faces([pictureOf(i)]))
  await matcher.records.apply([{ kind: 'delete_staged', area: 'swap' }])
  for (let batch = first; ; batch++) {
    await globalThis.say({ at: 'begin', step: batch })
    for (const [i, [face]] of faces.entries()) {
      const { person } = put(`s${i}`, `Batch ${batch}`, face as FaceRecord)
      await matcher.records.apply([{ kind: 'stage_person', area: 'swap', person }])
    }
    const [only] = (await matcher.records.faces([pictureOf(1000 + batch)])) as [FaceRecord]
    await matcher.records.apply([
      { kind: 'put_staged', area: 'swap' },
      put(`only${batch}`, `Batch ${batch}`, only),
      { kind: 'delete_person', id: `only${batch - 1}` },
      { kind: 'put_state', key: 'batch', value: `${batch}` },
    ])
    await globalThis.say({ at: 'done', step: batch })
  }
}

/** Imports the same people over and over, each time with other names. */
async function importBatches(first: number): Promise<void> {
  const source = await createMatcher({ recognizer: colorRecognizer(), store: memoryStore(), index })
  for (let i = 0; i < batchPeople; i++) {
    await source.persons.create({ id: `s${i}`, name: 'x', images: [pictureOf(i)] })
  }
  for (let batch = first; ; batch++) {
    for (let i = 0; i < batchPeople; i++) await source.persons.update(`s${i}`, { name: `Batch ${batch}` })
    await globalThis.say({ at: 'begin', step: batch })
    await importCollection(matcher, exportCollection(source))
    await globalThis.say({ at: 'done', step: batch })
  }
}

async function rotate(first: number): Promise<void> {
  await encrypted?.resumeRotation()
  for (let secret = first + 1; ; secret++) {
    await globalThis.say({ at: 'begin', step: secret })
    await encrypted?.rotateSecret(keyOf(secret))
    await globalThis.say({ at: 'done', step: secret })
  }
}

function put(id: string, name: string, face: FaceRecord): StoreChange & { kind: 'put_person' } {
  const now = new Date().toISOString()
  const details = { gender: null, dateOfBirth: null, nationality: null, notes: null, collectionIds: [] }
  return { kind: 'put_person', person: { id, name, ...details, faces: [face], createdAt: now, modifiedAt: now } }
}

function keyOf(byte: number): { key: Uint8Array } {
  return { key: new Uint8Array(32).fill(byte) }
}

function codeOf(error: unknown): string {
  return isVisavisError(error) ? error.code : String(error)
}
