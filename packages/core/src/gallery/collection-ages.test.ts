import { describe, expect, it } from 'vitest'
import { CollectionAges, syncTimeKey, type Clocks } from './collection-ages.ts'

const day = 86_400_000
const start = Date.parse('2026-03-09T07:15:00.000Z')

/** Clocks that are set by hand. */
function handClocks(): Clocks & { at: number; since: number; pass(time: number): void } {
  return {
    at: start,
    since: 0,
    wall() {
      return this.at
    },
    steady() {
      return this.since
    },
    pass(time) {
      this.at += time
      this.since += time
    },
  }
}

const synced = (id: string, at: number): [string, string] => [syncTimeKey(id), new Date(at).toISOString()]

describe('CollectionAges', () => {
  it('knows how long ago each collection was synced, and of all of them the oldest', () => {
    const time = handClocks()
    const ages = new CollectionAges([synced('a', start - 5000), synced('b', start - 1000), ['other', 'x']], time)
    time.pass(10)
    expect([ages.age('a'), ages.age('b'), ages.age('c'), ages.age()]).toEqual([5010, 1010, undefined, 5010])
    ages.noteState(...synced('a', time.at))
    expect([ages.age('a'), ages.age()]).toEqual([0, 1010])
    ages.noteState(syncTimeKey('b'), undefined)
    expect([ages.age('b'), ages.age()]).toEqual([undefined, 0])
    expect(new CollectionAges([], time).age()).toBeUndefined()
    ages.replace([synced('b', start - 3000)])
    expect([ages.age('a'), ages.age('b'), ages.age()]).toEqual([undefined, 3010, 3010])
  })

  it('makes nothing younger when the clock is set back', () => {
    const time = handClocks()
    const ages = new CollectionAges([synced('a', start - day)], time)
    time.at -= 30 * day
    time.since += 1000
    expect(ages.age('a')).toBe(day + 1000)
    const opened = new CollectionAges([synced('a', start - day)], time)
    expect(opened.age('a')).toBe(0)
    time.since += day
    expect(opened.age('a')).toBe(day)
  })

  it('counts from a sync whose clock was ahead', () => {
    const time = handClocks()
    const ages = new CollectionAges([synced('ahead', start + day), synced('a', start)], time)
    time.pass(50)
    expect([ages.age('ahead'), ages.age('a')]).toEqual([50, day + 50])
  })
})
