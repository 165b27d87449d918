import { describe, expect, it } from 'vitest'
import { encryptedStore } from './encrypted-store.ts'
import { headerKey } from './encryption-header.ts'
import { memoryStore } from '../memory-store.ts'
import type { PersonRecord, Store } from '../store.ts'

const time = '2026-01-05T08:00:00.000Z'

const keyOf = (byte: number): { key: Uint8Array } => ({ key: new Uint8Array(32).fill(byte) })

function person(id: string, more: Partial<PersonRecord> = {}): PersonRecord {
  return {
    id,
    name: `Name of ${id}`,
    gender: 'F',
    dateOfBirth: '1988-11-30',
    nationality: 'AR',
    notes: null,
    collectionIds: [],
    faces: [0, 1].map((view) => ({
      id: `${id}-${view}`,
      thumbnail: Uint8Array.of(view, 2, 3),
      modelId: 'm',
      template: Float32Array.of(0.6, -0.8, view),
    })),
    createdAt: time,
    modifiedAt: time,
    ...more,
  }
}

async function filled(inner: Store, secret = keyOf(1)): Promise<Store> {
  const store = await encryptedStore(inner, secret)
  await store.write(['a', 'b'].map((id) => ({ kind: 'put_person', person: person(id) })))
  return store
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const code = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  )

describe('encryptedStore', () => {
  it('opens with the same key only, as bytes or CryptoKey, or with the passphrase it was made with', async () => {
    const inner = memoryStore()
    await filled(inner)
    const cryptoKey = await crypto.subtle.importKey('raw', keyOf(1).key.slice(), 'AES-GCM', false, [
      'encrypt',
      'decrypt',
    ])
    expect(await (await encryptedStore(inner, { key: cryptoKey })).persons(['a'])).toEqual([person('a')])
    expect(await code(encryptedStore(inner, keyOf(2)))).toBe('store_key')
    expect(await code(encryptedStore(inner, { passphrase: 'p' }))).toBe('store_key')

    const other = memoryStore()
    await (
      await encryptedStore(other, { passphrase: 'cafe\u0301' })
    ).write([{ kind: 'put_person', person: person('a') }])
    expect(await (await encryptedStore(other, { passphrase: 'caf\u00e9' })).persons(['a'])).toEqual([person('a')])
    expect(await code(encryptedStore(other, { passphrase: 'cafe' }))).toBe('store_key')
    expect(await code(encryptedStore(other, keyOf(1)))).toBe('store_key')
  })

  it('refuses secrets that are none, and stores of people who are not encrypted', async () => {
    const short = { key: new Uint8Array(16) }
    const signing = (await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])) as CryptoKey
    expect(await code(encryptedStore(memoryStore(), short))).toBe('invalid_option')
    expect(await code(encryptedStore(memoryStore(), { key: signing }))).toBe('invalid_option')
    expect(await code(encryptedStore(memoryStore(), { passphrase: '' }))).toBe('invalid_option')
    const plain = memoryStore()
    await plain.write([{ kind: 'put_person', person: person('a') }])
    expect(await code(encryptedStore(plain, keyOf(1)))).toBe('store_key')
    expect(await plain.state(headerKey)).toBeUndefined()
  })

  it('gives no record that was moved, taken from another, or changed', async () => {
    const swaps: ((a: PersonRecord, b: PersonRecord) => PersonRecord)[] = [
      (a, b) => ({ ...a, notes: b.notes }),
      (a, b) => ({ ...a, faces: b.faces }),
      (a) => ({ ...a, faces: a.faces.toReversed() }),
      (a) => ({ ...a, faces: a.faces.map((face, i) => ({ ...face, thumbnail: a.faces[1 - i]!.thumbnail })) }),
      (a) => ({ ...a, faces: a.faces.map((face) => ({ ...face, modelId: 'n' })) }),
      (a) => ({ ...a, faces: a.faces.map((face) => ({ ...face, template: new Float32Array(face.template.length) })) }),
      (a) => ({ ...a, notes: null }),
      (a, b) => ({ ...b, id: a.id }),
    ]
    for (const swap of swaps) {
      const inner = memoryStore()
      const store = await filled(inner)
      const [a, b] = await inner.persons(['a', 'b'])
      await inner.write([{ kind: 'put_person', person: swap(a!, b!) }])
      expect(await code(store.persons(['a']))).toBe('store_corrupt')
      expect(await store.persons(['b'])).toEqual([person('b')])
    }
    const inner = memoryStore()
    const store = await encryptedStore(inner, keyOf(1))
    await store.write([{ kind: 'put_state', key: 'k', value: 'v' }])
    await inner.write([{ kind: 'put_state', key: 'l', value: (await inner.state('k'))! }])
    expect(await code(store.state('l'))).toBe('store_corrupt')
    expect(await store.state('k')).toBe('v')
  })

  it('gives everybody in their order, however many, up to one who was changed', async () => {
    const inner = memoryStore()
    const store = await encryptedStore(inner, keyOf(1))
    const people = Array.from({ length: 250 }, (_, i) => person(`p${String(i).padStart(3, '0')}`))
    await store.write(people.map((one) => ({ kind: 'put_person', person: one })))
    await store.write(people.map((one) => ({ kind: 'stage_person', area: 'x', person: one })))
    const expected = people.map(({ id, collectionIds, faces }) => {
      return { personId: id, collectionIds, faces: faces.map(({ modelId, template }) => ({ modelId, template })) }
    })
    expect(await listed(store.templates())).toEqual(expected)
    expect(await listed(store.staged('x'))).toEqual(people)

    const [a, b] = await inner.persons(['p120', 'p121'])
    await inner.write([{ kind: 'put_person', person: { ...a!, faces: b!.faces } }])
    const read: string[] = []
    const reading = (async () => {
      for await (const { personId } of store.templates()) read.push(personId)
    })()
    expect(await code(reading)).toBe('store_corrupt')
    expect(read).toEqual(people.slice(0, 100).map(({ id }) => id))
    // A reader that stops early gets no error, and causes no unhandled rejection.
    for await (const { personId } of store.templates()) if (personId === 'p050') break
  })

  it('shows nothing of people in what it stores', async () => {
    const inner = memoryStore()
    await filled(inner)
    const [a] = await inner.persons(['a'])
    expect([a?.name, a?.gender, a?.dateOfBirth, a?.nationality]).toEqual([null, null, null, null])
    const stored = JSON.stringify(a, (_, value: unknown) => (ArrayBuffer.isView(value) ? undefined : value))
    expect(stored).not.toMatch(/Name of|1988|AR"/)
    expect(await inner.states('')).toHaveLength(1)
  })

  it('changes its key while it is used, and from then on opens with the new one only', async () => {
    const inner = memoryStore()
    const store = await encryptedStore(inner, keyOf(1))
    const people = Array.from({ length: 350 }, (_, i) => person(`p${String(i).padStart(3, '0')}`))
    await store.write(people.map((one) => ({ kind: 'put_person', person: one })))
    await store.write([
      { kind: 'put_state', key: 'k', value: 'v' },
      { kind: 'stage_person', area: 'x', person: person('staged') },
    ])
    const old = await inner.state(headerKey)
    const steps: number[] = []
    const rotating = store.rotateSecret({ passphrase: 'new' }, { onProgress: ({ people: done }) => steps.push(done) })
    const updated = person('p200', { name: 'Changed meanwhile' })
    await store.write([{ kind: 'put_person', person: updated }])
    expect(await store.persons(['p000', 'p349'])).toEqual([people[0], people[349]])
    await rotating
    expect(steps.at(-1)).toBe(350)
    expect(store.isRotating).toBe(false)

    expect(await code(encryptedStore(inner, keyOf(1)))).toBe('store_key')
    const reopened = await encryptedStore(inner, { passphrase: 'new' })
    expect(await reopened.persons(['p200', 'p201'])).toEqual([updated, people[201]])
    expect(await reopened.state('k')).toBe('v')
    const staged = []
    for await (const one of reopened.staged('x')) staged.push(one)
    expect(staged).toEqual([person('staged')])

    // With the old key and the old header nothing can be read any more.
    await inner.write([{ kind: 'put_state', key: headerKey, value: old! }])
    const thief = await encryptedStore(inner, keyOf(1))
    expect(await code(thief.persons(['p000']))).toBe('store_corrupt')
  })

  it('goes on with a change of the key that was stopped', async () => {
    const inner = memoryStore()
    const store = await encryptedStore(inner, keyOf(1))
    const people = Array.from({ length: 350 }, (_, i) => person(`p${String(i).padStart(3, '0')}`))
    await store.write(people.map((one) => ({ kind: 'put_person', person: one })))
    const stop = new AbortController()
    const stopped = store.rotateSecret(keyOf(2), {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await expect(stopped).rejects.toThrow('enough')
    const reopened = await encryptedStore(inner, keyOf(2))
    expect(reopened.isRotating).toBe(true)
    expect(await reopened.persons(['p000', 'p349'])).toEqual([people[0], people[349]])
    await reopened.resumeRotation()
    expect(reopened.isRotating).toBe(false)
    expect((await reopened.listPersons({ offset: 0, limit: 1000 })).persons).toEqual(people)
    expect(await code(encryptedStore(inner, keyOf(1)))).toBe('store_key')
  })

  it('encrypts snapshots, and takes one of another key for none', async () => {
    let kept: Uint8Array | undefined
    const storage = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes
      },
      erase: async () => {
        kept = undefined
      },
    }
    const snapshot = new TextEncoder().encode('templates, many of them')
    const store = await encryptedStore(memoryStore(), keyOf(1))
    const sealed = store.sealSnapshots(storage)
    expect(await sealed.read()).toBeUndefined()
    await sealed.write(snapshot)
    expect(new TextDecoder().decode(kept)).not.toContain('templates')
    expect(await sealed.read()).toEqual(snapshot)
    const other = await encryptedStore(memoryStore(), keyOf(1))
    expect(await other.sealSnapshots(storage).read()).toBeUndefined()
    await sealed.erase()
    expect(kept).toBeUndefined()
  })
})
