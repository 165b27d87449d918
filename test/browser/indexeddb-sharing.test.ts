import type { ErrorCode } from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import { afterAll, describe, expect, it } from 'vitest'
import { rejects } from '../support/rejects.ts'
import { deleteDatabases, editChanges, isWriter, newDatabase, pair, person, put } from '../support/shared-store.ts'

afterAll(deleteDatabases)

/** Holds a store as one that writes to it does. @returns what lets go of it */
function hold(name: string): () => void {
  const letGo = new AbortController()
  const held = new Promise<void>((resolve) => letGo.signal.addEventListener('abort', () => resolve()))
  void navigator.locks.request(`visavis store ${name}`, () => held)
  return () => letGo.abort()
}

describe.concurrent('a store in IndexedDB that is open twice', () => {
  it('reads beside the one that writes, and is told of each write', async () => {
    const [writing, reading] = await pair()
    const told = new Promise<void>((resolve) => reading.onChange(resolve))
    await writing.write([put('p', 1), { kind: 'put_state', key: 'k', value: 'v' }])
    await told
    expect((await reading.persons(['p']))[0]).toEqual(person('p', 1))
    expect(await reading.state('k')).toBe('v')
    expect(await reading.listPersons({ offset: 0, limit: 10 })).toMatchObject({ total: 1 })
    await rejects(reading.write([put('q', 2)]), 'store_locked')
    await rejects(reading.write([{ kind: 'put_state', key: 'k', value: 'w' }]), 'store_locked')
    expect(await writing.state('k')).toBe('v')
    await reading.close()
    await writing.write([put('q', 2)])
    await writing.close()
  })

  it('is refused where that is asked for, and where the option is none', async () => {
    const name = newDatabase()
    const writing = await indexedDbStore({ name, whenLocked: 'refuse' })
    await rejects(indexedDbStore({ name, whenLocked: 'refuse' }), 'store_locked')
    await rejects(indexedDbStore({ name, whenLocked: 'wait' as never }), 'invalid_option')
    await writing.close()
    const next = await indexedDbStore({ name, whenLocked: 'refuse' })
    expect(next.isReading).toBe(false)
    await next.close()
  })

  it('writes from when the other has closed, one after the other of those who wait', async () => {
    const name = newDatabase()
    const [first, second] = await pair(name)
    const third = await indexedDbStore({ name })
    await first.write([put('a', 1)])
    const told = new Promise<void>((resolve) => second.onChange(resolve))
    await first.close()
    await told
    await isWriter(second)
    await second.write([put('b', 2)])
    await rejects(third.write([put('c', 3)]), 'store_locked')
    await second.close()
    await isWriter(third)
    await third.write([put('c', 3)])
    expect((await third.persons(['a', 'b', 'c'])).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    await third.close()
  })

  it('takes no turn any more when it was closed', async () => {
    const name = newDatabase()
    const [writing, reading] = await pair(name)
    await reading.close()
    await writing.close()
    const next = await indexedDbStore({ name, whenLocked: 'refuse' })
    await next.write([put('p', 1)])
    expect(await next.persons(['p'])).toHaveLength(1)
    await next.close()
  })

  it('says what was written since a revision, or that it may be anybody', async () => {
    const name = newDatabase()
    const [writing, reading] = await pair(name)
    const { revision: start } = await reading.changesSince()
    await writing.write([put('a', 1), put('b', 2)])
    await writing.write([{ kind: 'delete_person', id: 'a' }])
    await writing.write([{ kind: 'delete_collection', id: 'c' }])
    // Who is kept for later concerns nobody.
    await writing.write([
      { kind: 'stage_person', area: 'x', person: person('s', 3) },
      { kind: 'put_state', key: 'x/s', value: 'a note' },
    ])
    const changes = await reading.changesSince(start)
    expect(changes).toEqual({ revision: start + 3, persons: ['a', 'b'], deletedCollections: ['c'] })
    await writing.write([{ kind: 'put_staged', area: 'x' }])
    expect(await reading.changesSince(start + 3)).toMatchObject({ revision: start + 4, persons: ['s'] })
    // What was written long ago is not kept.
    await editChanges(name, (rows) => rows.delete(start + 1))
    expect(await reading.changesSince(start)).toMatchObject({ revision: start + 4, persons: undefined })
    expect(await reading.changesSince(start + 4)).toMatchObject({ revision: start + 4, persons: [] })
    await reading.close()
    await writing.close()
  })

  it('keeps what the last thousand writes changed, and no more', async () => {
    const name = newDatabase()
    const store = await indexedDbStore({ name })
    await editChanges(name, (rows) => {
      for (let i = 0; i < 1500; i++) rows.add({ persons: [], deletedCollections: [] })
    })
    await store.write([put('p', 1)])
    const counted = await new Promise<number>((resolve) => {
      void editChanges(name, (rows) => {
        const counting = rows.count()
        counting.addEventListener('success', () => resolve(counting.result))
      })
    })
    expect(counted).toBe(1000)
    await store.close()
  })

  it('waits for the one that holds it to make the database, and opens for writing where that one goes', async () => {
    const name = newDatabase()
    const letGo = hold(name)
    await rejects(indexedDbStore({ name }), 'store_locked')
    expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name)
    const opening = indexedDbStore({ name })
    await rejects(indexedDbStore({ name, whenLocked: 'refuse' }), 'store_locked')
    letGo()
    const store = await opening
    expect(store.isReading).toBe(false)
    await store.write([put('p', 1)])
    await store.close()
  })
})

describe.concurrent('a database that something else keeps from being opened', () => {
  // The one that holds an older one may be about to bring it to this version, so that is waited for.
  it.for<[version: number, code: ErrorCode]>([
    [2, 'store_locked'],
    [3, 'store_corrupt'],
    [99, 'store_version'],
  ])('is not touched by who only reads it where it is no store of version 3, but %i: %s', async ([version, code]) => {
    const name = newDatabase()
    const request = indexedDB.open(name, version)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('theirs'))
    await new Promise((resolve) => {
      request.addEventListener('success', resolve)
    })
    request.result.close()
    const letGo = hold(name)
    await rejects(indexedDbStore({ name }), code)
    const after = (await indexedDB.databases()).find((database) => database.name === name)
    expect(after?.version).toBe(version)
    letGo()
  })

  it('is given up after a while where its deletion is blocked, and opened when that is through', async () => {
    const name = newDatabase()
    const request = indexedDB.open(name)
    await new Promise((resolve) => {
      request.addEventListener('success', resolve)
    })
    const deletion = indexedDB.deleteDatabase(name)
    const deleted = new Promise((resolve) => {
      deletion.addEventListener('success', resolve)
    })
    await rejects(indexedDbStore({ name }), 'store_locked')
    request.result.close()
    await deleted
    const store = await indexedDbStore({ name })
    expect(store.isReading).toBe(false)
    await store.close()
  })
})
