import { expect, it } from 'vitest'
import { timeInTurns } from './timing.ts'

function slow(): void {
  const until = performance.now() + 5
  while (performance.now() < until);
}

const queries = Array.from({ length: 30 }, (_, i) => Float32Array.of(i))

it('asks everyone the same queries as often, whether they answer at once or later', async () => {
  const asked = new Map<string, number[]>()
  const contender = (name: string, later: boolean) => ({
    name,
    search: (query: Float32Array) => {
      asked.set(name, [...(asked.get(name) ?? []), query[0] as number])
      return later ? Promise.resolve() : undefined
    },
  })
  const contenders = [contender('now', false), contender('later', true)]
  const samples = await timeInTurns(contenders, queries, {
    rounds: 2,
    mostMilliseconds: 60_000,
    leastMilliseconds: 0,
  })
  const wanted = Array.from({ length: 60 }, (_, i) => i % 30)
  for (const name of ['now', 'later']) {
    expect(samples.get(name)).toHaveLength(60)
    // Before, it warmed up.
    expect(asked.get(name)?.slice(-60)).toEqual(wanted)
  }
})

it('asks no more of what has had its time, and each at least once', async () => {
  const samples = await timeInTurns([{ name: 'slow', search: slow }], queries, {
    rounds: 5,
    mostMilliseconds: 20,
    leastMilliseconds: 0,
  })
  const times = samples.get('slow') ?? []
  expect(times.length).toBeGreaterThan(0)
  expect(times.length).toBeLessThanOrEqual(5)
})

it('asks several in a row where the clock is too coarse for one', async () => {
  let asked = 0
  const samples = await timeInTurns([{ name: 'quick', search: () => asked++ }], queries, {
    rounds: 1,
    mostMilliseconds: 60_000,
    leastMilliseconds: 1,
  })
  expect(samples.get('quick')).toHaveLength(30)
  expect(asked).toBeGreaterThan(300)
})
