import type { CallOptions, NewPerson, Person, Persons } from '@visavis/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { enrollAll, type EnrollProgress } from './enroll-all.ts'

interface Registry {
  readonly persons: Persons
  readonly enrolled: string[]
  /** The most people that were worked on at once. */
  readonly most: () => number
}

/** Enrolls every person but those called "bad", each after as many turns of the event loop as `delays` says. */
function newRegistry(delays: readonly number[]): Registry {
  const enrolled: string[] = []
  let underWay = 0
  let most = 0
  const create = async ({ id = '', name }: NewPerson, { signal }: CallOptions = {}): Promise<Person> => {
    most = Math.max(most, ++underWay)
    try {
      for (let turn = 0; turn < (delays[Number(id)] ?? 0); turn++) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
      signal?.throwIfAborted()
      if (name === 'bad') throw new Error('refused')
      enrolled.push(id)
      return { id, name } as Person
    } finally {
      underWay--
    }
  }
  return { persons: { create } as Persons, enrolled, most: () => most }
}

async function* brokenSource(): AsyncGenerator<NewPerson> {
  yield { id: '0', name: 'good', images: [] }
  throw new Error('no more folders')
}

describe('enrollAll', () => {
  it('yields what became of everybody in the order given, however long each takes, and takes no more at once', async () => {
    const people = fc.array(fc.record({ bad: fc.boolean(), delay: fc.nat(5) }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(people, fc.integer({ min: 1, max: 6 }), async (given, atOnce) => {
        const registry = newRegistry(given.map(({ delay }) => delay))
        let taken = 0
        function* source(): Generator<NewPerson> {
          for (const [i, { bad }] of given.entries()) {
            taken++
            yield { id: `${i}`, name: bad ? 'bad' : 'good', images: [] }
          }
        }
        const progress: EnrollProgress[] = []
        let seen = 0
        const options = { atOnce, onProgress: (made: EnrollProgress) => progress.push(made) }
        for await (const { index, person, error } of enrollAll(registry, source(), options)) {
          expect(index).toBe(seen)
          expect(person === undefined).toBe(given[seen]?.bad)
          expect(error === undefined).toBe(!given[seen]?.bad)
          expect(taken).toBeLessThanOrEqual(seen + atOnce)
          seen++
        }
        expect(seen).toBe(given.length)
        expect(registry.most()).toBeLessThanOrEqual(atOnce)
        expect(progress.map(({ done }) => done)).toEqual(given.map((_, i) => i + 1))
        expect(progress.at(-1)?.refused ?? 0).toBe(given.filter(({ bad }) => bad).length)
      }),
      { numRuns: 50 },
    )
  })

  it('stops with the reason where it is aborted, and leaves nobody under way', async () => {
    const registry = newRegistry([0, 0, 3, 3, 3, 3])
    const people = Array.from({ length: 6 }, (_, i) => ({ id: `${i}`, name: 'good', images: [] }))
    const reason = new Error('enough')
    const controller = new AbortController()
    const { signal } = controller
    const seen: number[] = []
    const enrolling = async (): Promise<void> => {
      for await (const { index } of enrollAll(registry, people, { atOnce: 2, signal })) {
        seen.push(index)
        if (index === 1) controller.abort(reason)
      }
    }
    await expect(enrolling()).rejects.toBe(reason)
    expect(seen).toEqual([0, 1])
    expect(registry.enrolled).toEqual(['0', '1'])
  })

  it('passes on what the source throws, when those before are done', async () => {
    const registry = newRegistry([3])
    const enrolling = async (): Promise<void> => {
      for await (const { person } of enrollAll(registry, brokenSource())) expect(person?.id).toBe('0')
    }
    await expect(enrolling()).rejects.toThrow('no more folders')
    expect(registry.enrolled).toEqual(['0'])
  })

  it('refuses a number at once that makes no sense', async () => {
    for (const atOnce of [0, 1.5, Number.NaN, 1001]) {
      await expect(enrollAll(newRegistry([]), [], { atOnce }).next()).rejects.toMatchObject({ code: 'invalid_option' })
    }
  })
})
