import { encryptedStore, memoryStore, syncTimeKey, VisavisError, type StoreChange } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { personId, pictureText, servedPerson, staff } from './support/people-service.ts'
import { rejects } from './support/rejects.ts'
import { collectionId, setUpSync } from './support/synced-gallery.ts'
import { json } from './support/verifik-client.ts'

const { on, open, sync, whoIs, here, there, stored, remove, change } = setUpSync()

function isSwap(changes: readonly StoreChange[]): boolean {
  return changes.some(({ kind }) => kind === 'put_staged')
}

it('changes nothing where a full disk stops it, and goes on when there is room, in an encrypted file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-sync-'))
  await on.matcher.close()
  const file = await sqliteStore({ path: join(folder, 'people.db') })
  await open(await encryptedStore(file, { key: new Uint8Array(32).fill(7) }))
  await sync()
  const before = await here()
  for (let i = 0; i < 120; i++) await change(i, 1000 + i)
  const { write } = file
  for (const stops of [() => true, isSwap]) {
    file.write = (changes) => {
      if (stops(changes)) throw new VisavisError('store_quota', 'The disk is full; free some of it.')
      return write.call(file, changes)
    }
    await rejects(sync(), 'store_quota')
    expect(await here()).toEqual(before)
    expect(await whoIs(3)).toBe(personId(3))
  }
  file.write = write
  expect(await sync()).toMatchObject({ complete: true, resumed: 120, pictures: 0 })
  expect(await here()).toEqual(there())
  await on.matcher.close()
  await rm(folder, { recursive: true })
  await open(memoryStore())
})

describe('a service that is not to be relied on', () => {
  beforeEach(() => sync())

  it('whose list shifts while it is read loses nobody', async () => {
    let shifts = 2
    on.service.beforePage = (page) => {
      if (page !== 2 || shifts-- <= 0) return
      // Whoever stood first on the second page stands last on the first one now, and the number is the same.
      on.service.people.push({
        ...(on.service.people[0] as (typeof on.service.people)[0]),
        _id: personId(900 + shifts),
      })
      on.service.people.shift()
    }
    const { complete, removed } = await sync()
    expect({ complete, removed }).toEqual({ complete: true, removed: [personId(0), personId(1)] })
    expect(await here()).toEqual(there())
  })

  it('whose list never stands still removes nobody, and says so', async () => {
    remove(10)
    let next = 1000
    on.service.beforePage = () => {
      on.service.people.push({ ...(on.service.people[0] as (typeof on.service.people)[0]), _id: personId(next++) })
    }
    const { complete, removed, added } = await sync()
    expect({ complete, removed }).toEqual({ complete: false, removed: [] })
    expect(added.length).toBeGreaterThan(0)
    expect(await whoIs(10)).toBe(personId(10))
  })

  it.each([
    ['more than there are', (people: number) => people + 5],
    ['fewer than there are', (people: number) => people - 5],
    ['nothing', () => undefined],
  ])('whose list says there are %s removes nobody, and keeps its age', async (_name, total) => {
    const before = await on.matcher.records.state(syncTimeKey(collectionId))
    remove(10)
    on.service.people.push(await servedPerson(600))
    on.service.total = total
    expect(await sync()).toMatchObject({ complete: false, removed: [] })
    expect(await whoIs(10)).toBe(personId(10))
    expect(await on.matcher.records.state(syncTimeKey(collectionId))).toBe(before)
  })

  it('that suddenly has nobody is believed only where each of them is gone', async () => {
    on.service.fault = ({ path }) =>
      path === '/persons' ? json({ data: [], pagination: { page: 1, limit: 100, total: 0, pages: 0 } }) : undefined
    expect(await sync()).toMatchObject({ complete: false, removed: [] })
    expect(await whoIs(10)).toBe(personId(10))
    on.service.people = []
    expect(await sync({ mostRemovals: 1 })).toMatchObject({ complete: true, removed: { length: 120 } })
    expect(await here()).toEqual([])
  })

  it('goes on where it was cut off, without reading a picture twice', async () => {
    for (let i = 0; i < 120; i++) await change(i, 1000 + i)
    on.service.fault = ({ path, query }) =>
      path === '/persons' && query.get('page') === '2' ? { kind: 'reset' } : undefined
    await rejects(sync(), 'network')
    expect(await whoIs(3)).toBe(personId(3))
    expect(await whoIs(1003)).toBeUndefined()
    on.service.fault = () => undefined
    await change(4, 2004)
    remove(8)
    expect(await sync()).toMatchObject({ complete: true, resumed: 98, pictures: 21, removed: [personId(8)] })
    expect(await here()).toEqual(there())
    expect(await Promise.all([3, 1003, 1004, 2004, 1008].map((one) => whoIs(one)))).toEqual([
      undefined,
      personId(3),
      undefined,
      personId(4),
      undefined,
    ])
  })

  it('forgets what was put by where the service went back to what is here', async () => {
    const before = await here()
    const people = on.service.people.map((person) => ({ ...person }))
    for (let i = 0; i < 110; i++) await change(i, 1000 + i)
    on.service.fault = ({ path, query }) =>
      path === '/persons' && query.get('page') === '2' ? { kind: 'reset' } : undefined
    await rejects(sync(), 'network')
    on.service.fault = () => undefined
    on.service.people = people
    expect(await sync()).toMatchObject({ unchanged: 120, added: [], changed: [] })
    expect(await here()).toEqual(before)
    expect(await on.matcher.records.states('sync/staged/')).toEqual([])
  })

  it('whose token expires midway is asked with a new one', async () => {
    await change(3, 1003)
    let accepted = 'old'
    on.service.fault = ({ path, query, headers }) => {
      if (path === '/persons' && query.get('page') === '2' && accepted === 'old') accepted = 'new'
      return headers.authorization === `Bearer ${accepted}`
        ? undefined
        : json({ message: 'token_expired', code: 'FORBIDDEN' }, 403)
    }
    const client = on.setup.connect({ token: ({ refused }) => (refused ? 'new' : 'old') })
    expect(await sync({ client })).toMatchObject({ complete: true, changed: [personId(3)] })
    await rejects(sync({ client: on.setup.connect({ token: () => 'never good' }) }), 'unauthorized')
    expect(await here()).toEqual(there())
  })

  it('that is overrun is asked again, and where it stays so nothing is lost', async () => {
    await change(3, 1003)
    let asked = 0
    const tooMany = json({ message: 'Too many requests', code: 'TooManyRequests' }, 429, { 'retry-after': '0' })
    on.service.fault = () => (asked++ % 2 === 0 ? tooMany : undefined)
    expect(await sync()).toMatchObject({ complete: true, changed: [personId(3)] })
    await change(3, 1004)
    on.service.fault = ({ path }) => (path === '/persons' ? tooMany : undefined)
    await rejects(sync(), 'rate_limited')
    expect(await whoIs(1003)).toBe(personId(3))
  })
})

it('comes to the same end whatever happens on the way', async () => {
  const people = await Promise.all(Array.from({ length: 260 }, (_, i) => servedPerson(i)))
  const walls = [{ id: 'wall', thumbnail: await pictureText() }]
  type Step = { kind: 'remove' | 'add' | 'swap' | 'wall'; number: number }
  const step = fc.record<Step>({
    kind: fc.constantFrom('remove', 'add', 'swap', 'wall'),
    number: fc.nat(people.length - 1),
  })
  const faults = { reset: { kind: 'reset' }, half: { kind: 'cut', body: { data: [] } }, busy: json({}, 503) } as const
  const round = fc.record({
    steps: fc.array(step, { maxLength: 12 }),
    /** Which requests go wrong, and how. */
    faults: fc.array(fc.tuple(fc.nat(12), fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[]))), {
      maxLength: 8,
    }),
    reverse: fc.boolean(),
  })
  const take = (one: Step): void => {
    const at = on.service.people.findIndex(({ _id }) => _id === personId(one.number))
    const person = people[one.number] as (typeof people)[0]
    const other = people[(one.number + 7) % people.length] as (typeof people)[0]
    if (at < 0) {
      if (one.kind === 'add') on.service.people.push({ ...person })
    } else if (one.kind === 'remove') on.service.people.splice(at, 1)
    else if (one.kind === 'swap') on.service.people[at] = { ...person, thumbnails: other.thumbnails }
    else if (one.kind === 'wall') on.service.people[at] = { ...person, thumbnails: walls }
  }
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
      await on.matcher.close()
      await open(memoryStore())
      on.service.people = people.slice(0, 240).map((person) => ({ ...person }))
      for (const { steps, faults: wrong, reverse } of rounds) {
        const middle = Math.floor(steps.length / 2)
        for (const one of steps.slice(0, middle)) take(one)
        if (reverse) on.service.people.reverse()
        on.service.beforePage = (page) => {
          if (page === 2) for (const one of steps.splice(middle)) take(one)
        }
        let asked = 0
        on.service.fault = () => {
          const number = asked++
          const found = wrong.find(([at]) => at === number)
          return found === undefined ? undefined : faults[found[1]]
        }
        const before = await stored()
        const client = on.setup.connect({ retry: { retries: 0, firstDelay: 1 } })
        const report = await sync({ client }).catch(() => undefined)
        const after = await stored()
        expect(report === undefined ? [before] : [after]).toContainEqual(after)
      }
      on.service.fault = () => undefined
      on.service.beforePage = () => {}
      const { complete } = await sync()
      expect(complete).toBe(true)
      const isUsable = (id: string): boolean => on.service.people.find(({ _id }) => _id === id)?.thumbnails !== walls
      expect(await here()).toEqual(there(staff._id, isUsable))
      expect(await on.matcher.records.ids()).toEqual(await on.matcher.records.ids(collectionId))
    }),
    { numRuns: 15 },
  )
})
