import {
  createMatcher,
  encryptedStore,
  syncTimeKey,
  type LocalMatcher,
  type Store,
  type StoreChange,
} from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import { afterAll, describe, expect, it } from 'vitest'
import { account, type Numbers } from '../crash/account.ts'
import type { ChildWord } from '../crash/change-people.ts'
import { colorRecognizer, pictureOf } from '../support/color-recognizer.ts'
import { rejects } from '../support/rejects.ts'
import { deleteDatabases, editChanges, isWriter, newDatabase, pair, person, put } from '../support/shared-store.ts'

afterAll(deleteDatabases)

const search = { minScore: 0.9, mode: 'FAST' } as const

function matcherOn(store: Store): Promise<LocalMatcher> {
  return createMatcher({ recognizer: colorRecognizer(), store })
}

async function matcherPair(): Promise<[writing: LocalMatcher, reading: LocalMatcher, stores: [Store, Store]]> {
  const stores = await pair()
  return [await matcherOn(stores[0]), await matcherOn(stores[1]), stores]
}

async function found(matcher: LocalMatcher, number: number, collectionId?: string): Promise<string[]> {
  const options = { ...search, ...(collectionId !== undefined && { collectionId }) }
  const { candidates } = await matcher.search(pictureOf(number), options)
  return candidates.map(({ id }) => id).sort()
}

/** Three people who look alike. */
function team(letter: string): StoreChange[] {
  return [0, 1, 2].map((i) => put(letter + i, 7))
}

function without(letter: string): StoreChange[] {
  return [0, 1, 2].map((i) => ({ kind: 'delete_person', id: letter + i }))
}

function secret(byte: number): { key: Uint8Array } {
  return { key: new Uint8Array(32).fill(byte) }
}

/** The store as somebody has it who is told of nothing. */
function untold(store: Store): Store {
  return new Proxy(store, {
    get(target, key) {
      if (key === 'onChange') return undefined
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe.concurrent('a matcher on a store that another writes to', () => {
  it('finds who was enrolled, changed and deleted there, as soon as the call there has resolved', async () => {
    const [writing, reading] = await matcherPair()
    await writing.collections.create({ id: 'c', name: 'Team' })
    await writing.persons.create({ id: 'p', name: 'Name 1', images: [pictureOf(1)], collections: ['c'] })
    expect(await found(reading, 1, 'c')).toEqual(['p'])
    expect(await reading.collections.list()).toMatchObject([{ id: 'c', count: 1 }])
    expect(await reading.persons.list({ collectionId: 'c' })).toMatchObject({ total: 1 })
    expect(await reading.verify('p', pictureOf(1), { ...search, collectionId: 'c' })).toMatchObject({ score: 1 })
    await writing.persons.update('p', { name: 'Name 2', images: [pictureOf(2)] })
    expect(await found(reading, 1)).toEqual([])
    expect(await found(reading, 2, 'c')).toEqual(['p'])
    await writing.persons.update('p', { collections: [] })
    expect(await found(reading, 2, 'c')).toEqual([])
    expect(await found(reading, 2)).toEqual(['p'])
    await writing.persons.delete('p')
    expect(await found(reading, 2)).toEqual([])
    await writing.collections.delete('c')
    await rejects(reading.search(pictureOf(2), { ...search, collectionId: 'c' }), 'collection_not_found')
    await rejects(reading.persons.create({ id: 'q', name: 'x', images: [pictureOf(3)] }), 'store_locked')
    await rejects(reading.collections.create({ name: 'x' }), 'store_locked')
    expect(await reading.collections.list()).toEqual([])
    await reading.close()
    await writing.close()
  })

  it('takes in a collection that is swapped, of more people than are named one by one', async () => {
    const [writing, reading, [store]] = await matcherPair()
    await writing.collections.create({ id: 'c', name: 'Team' })
    await writing.persons.create({ id: 'old', name: 'Name 0', images: [pictureOf(0)], collections: ['c'] })
    expect(await found(reading, 0)).toEqual(['old'])
    const staged = Array.from({ length: 1100 }, (_, i): StoreChange => {
      return { kind: 'stage_person', area: 'x', person: person(`p${i}`, i, { collectionIds: ['c'] }) }
    })
    await store.write(staged)
    const at = new Date(Date.now() - 5000).toISOString()
    await writing.records.apply([
      { kind: 'put_staged', area: 'x', within: ['c'] },
      { kind: 'delete_person', id: 'old' },
      { kind: 'put_state', key: syncTimeKey('c'), value: at },
    ])
    const { candidates, collectionAge } = await reading.search(pictureOf(1099), { ...search, collectionId: 'c' })
    expect(candidates.map(({ id }) => id)).toEqual(['p1099'])
    expect(collectionAge).toBeGreaterThanOrEqual(5000)
    expect(await found(reading, 0)).toEqual(['p0'])
    expect(await reading.collections.list()).toMatchObject([{ count: 1100 }])
    await reading.close()
    await writing.close()
  })

  it('sees each write whole or not at all while the other goes on writing', async () => {
    const [writing, reading] = await matcherPair()
    await writing.records.apply(team('a'))
    const seen = new Set<string>()
    for (let turn = 0; turn < 60; turn++) {
      const [here, gone] = (turn % 2 === 0 ? ['b', 'a'] : ['a', 'b']) as [string, string]
      const searches = Array.from({ length: 3 }, () => found(reading, 7))
      const swapped = writing.records.apply([...without(gone), ...team(here)])
      searches.push(found(reading, 7))
      for (const ids of await Promise.all(searches)) seen.add(ids.join())
      await swapped
      expect(await found(reading, 7)).toEqual([0, 1, 2].map((i) => here + i))
    }
    expect([...seen].sort()).toEqual(['a0,a1,a2', 'b0,b1,b2'])
    await reading.close()
    await writing.close()
  })

  it('misses nothing where it was not told, nor where what was written is not kept any more', async () => {
    const name = newDatabase()
    const [writing, reading] = await pair(name)
    const there = await matcherOn(writing)
    const here = await matcherOn(untold(reading))
    await there.persons.create({ id: 'p', name: 'Name 1', images: [pictureOf(1)] })
    expect(await found(here, 1)).toEqual(['p'])
    await there.persons.create({ id: 'q', name: 'Name 2', images: [pictureOf(2)] })
    await there.persons.delete('p')
    await editChanges(name, (rows) => rows.clear())
    await there.persons.create({ id: 'r', name: 'Name 3', images: [pictureOf(3)] })
    expect([await found(here, 1), await found(here, 2), await found(here, 3)]).toEqual([[], ['q'], ['r']])
    await here.close()
    await there.close()
  })

  it('knows everything of the other when it writes itself from when that has closed', async () => {
    const [writing, reading, [, store]] = await matcherPair()
    await writing.persons.create({ id: 'p', name: 'Name 1', images: [pictureOf(1)] })
    await writing.records.apply([{ kind: 'stage_person', area: 'import', person: person('s', 9) }])
    await writing.close()
    await isWriter(store)
    await rejects(reading.persons.create({ id: 'p', name: 'Name 2', images: [pictureOf(2)] }), 'person_exists')
    await reading.persons.create({ id: 'q', name: 'Name 2', images: [pictureOf(2)] })
    expect([await found(reading, 1), await found(reading, 2)]).toEqual([['p'], ['q']])
    // What an import of the other has left unfinished is forgotten, as at opening.
    expect(await store.areas()).toEqual([])
    await reading.close()
  })

  it('tells its app what others did, once answers have it, and when it can write itself', async () => {
    const [writing, reading] = await pair()
    const there = await matcherOn(writing)
    const told: boolean[] = []
    let wake: (() => void) | undefined
    const onStoreChange = ({ isReading }: { isReading: boolean }): void => {
      told.push(isReading)
      wake?.()
    }
    const here = await createMatcher({ recognizer: colorRecognizer(), store: reading, onStoreChange })
    const heard = async (times: number): Promise<void> => {
      while (told.length < times) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    await there.persons.create({ id: 'p', name: 'Name 1', images: [pictureOf(1)] })
    await heard(1)
    expect(await found(here, 1)).toEqual(['p'])
    await there.close()
    await heard(2)
    await here.persons.delete('p')
    expect(told).toEqual([true, false])
    await here.close()
  })

  it('writes nothing from what it knew before it could write', async () => {
    const [writing, reading] = await pair()
    const { revision } = await reading.changesSince()
    await writing.write([put('p', 1)])
    await writing.close()
    await isWriter(reading)
    await rejects(reading.write([put('p', 2)]), 'store_locked')
    const { revision: now } = await reading.changesSince(revision)
    await reading.changesSince(now)
    await reading.write([put('p', 2)])
    await reading.close()
  })

  it('goes on with all that was acknowledged when the worker that wrote is terminated', async () => {
    const name = newDatabase()
    const worker = new Worker(new URL('../crash/browser-child.ts', import.meta.url), { type: 'module' })
    const { port1, port2 } = new MessageChannel()
    const said: ChildWord[] = []
    const saidSo = (words: number): Promise<void> =>
      new Promise((resolve) => {
        port1.addEventListener('message', () => {
          if (said.length >= words) resolve()
        })
      })
    port1.addEventListener('message', ({ data }: MessageEvent<ChildWord>) => said.push(data))
    port1.start()
    worker.postMessage({ name, seed: 5, people: {} }, [port2])
    await saidSo(1)
    const store = await indexedDbStore({ name })
    expect(store.isReading).toBe(true)
    const matcher = await matcherOn(store)
    await saidSo(said.length + 20)
    expect(await matcher.persons.list()).not.toMatchObject({ total: 0 })
    worker.terminate()
    await isWriter(store)
    const { sure, pending } = account(new Map(), said)
    const there: Numbers = new Map()
    for (const { id, name: given } of (await matcher.persons.list({ limit: 100 })).persons) {
      there.set(id, Number(given?.replace('Name ', '')))
    }
    for (const [id, number] of sure) {
      if (id === pending?.id) continue
      expect(there.get(id)).toBe(number)
      expect(await found(matcher, number)).toContain(id)
    }
    await matcher.persons.create({ id: 'here', name: 'Name 4095', images: [pictureOf(4095)] })
    expect(await found(matcher, 4095)).toContain('here')
    await matcher.close()
  })
})

describe.concurrent('an encrypted store that another writes to', () => {
  it('reads with the same secret, also after the other has changed keys but not the secret', async () => {
    const [writing, reading] = await pair()
    const outer = await encryptedStore(writing, secret(1))
    const there = await matcherOn(outer)
    await there.persons.create({ id: 'p', name: 'Name 1', images: [pictureOf(1)] })
    await rejects(matcherOn(reading), 'store_key')
    await rejects(encryptedStore(reading, secret(2)), 'store_key')
    const inner = await encryptedStore(reading, secret(1))
    const here = await matcherOn(inner)
    expect(await found(here, 1)).toEqual(['p'])
    await outer.rotateSecret(secret(1))
    // Sealed with a key that was not there when this one opened.
    expect((await inner.persons(['p']))[0]?.name).toBe('Name 1')
    await there.persons.create({ id: 'q', name: 'Name 2', images: [pictureOf(2)] })
    expect([await found(here, 1), await found(here, 2)]).toEqual([['p'], ['q']])
    await there.close()
    await isWriter(inner)
    await here.persons.delete('p')
    await inner.rotateSecret(secret(3))
    expect([await found(here, 1), await found(here, 2)]).toEqual([[], ['q']])
    await here.close()
  })

  it('answers nothing more when the other has changed the secret, and never writes again', async () => {
    const name = newDatabase()
    const [writing, reading] = await pair(name)
    const outer = await encryptedStore(writing, secret(1))
    const there = await matcherOn(outer)
    await there.persons.create({ id: 'p', name: 'Name 1', images: [pictureOf(1)] })
    const inner = await encryptedStore(reading, secret(1))
    const here = await matcherOn(inner)
    await outer.rotateSecret(secret(2))
    await rejects(here.search(pictureOf(1), search), 'store_key')
    await rejects(here.search(pictureOf(9), search), 'store_key')
    await rejects(here.persons.get('p'), 'store_key')
    await rejects(here.persons.list(), 'store_key')
    await rejects(inner.persons(['p']), 'store_key')
    await there.close()
    await isWriter(inner)
    await rejects(here.persons.create({ id: 'q', name: 'x', images: [pictureOf(2)] }), 'store_key')
    await rejects(inner.write([put('q', 2)]), 'store_key')
    await here.close()
    const next = await matcherOn(await encryptedStore(await indexedDbStore({ name }), secret(2)))
    expect(await found(next, 1)).toEqual(['p'])
    await next.close()
  })

  it('is made by the one that writes, and not overlooked by one that opened it before', async () => {
    const [writing, reading] = await pair()
    await rejects(encryptedStore(reading, secret(1)), 'store_locked')
    const here = await matcherOn(reading)
    const there = await matcherOn(await encryptedStore(writing, secret(1)))
    await there.persons.create({ id: 'p', name: 'Name 1', images: [pictureOf(1)] })
    await rejects(here.search(pictureOf(1), search), 'store_key')
    await here.close()
    await there.close()
  })
})
