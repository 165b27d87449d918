import { createUsearchIndex, isUsearchError, loadUsearchIndex } from '@visavis/usearch-wasm'
import { expect, it } from 'vitest'
import { seededVectors } from '../support/seeded-vectors.ts'

const dimensions = 32
const vectors = seededVectors(1500, dimensions, 1)
const queries = seededVectors(30, dimensions, 2)

it.each(['f32', 'i8'] as const)('keeps an index of %s in a page as in Node', async (scalar) => {
  const index = await createUsearchIndex({ dimensions, scalar, expansion: 200 })
  index.addMany([...vectors.keys()], vectors)
  for (let key = 0; key < vectors.length; key += 2) index.remove(key)
  const search = (which: typeof index): number[][] =>
    queries.map((query) => which.search(query, { k: 10 }).map(({ key }) => key))
  const before = search(index)
  // A Blob's stream is what files and answers of servers come as.
  const copy = await loadUsearchIndex(new Blob([...index.saveChunks()]).stream(), {
    dimensions,
    scalar,
    expansion: 200,
  })
  expect(search(copy)).toEqual(before)
  expect(copy.removed).toBe(750)
  await copy.compact({ sliceMs: 2 })
  expect(copy.removed).toBe(0)
  const exact = queries.map((query) => copy.search(query, { k: 10, exact: true }).map(({ key }) => key))
  const found = search(copy)
    .flat()
    .filter((key, i) => exact[Math.floor(i / 10)]?.includes(key)).length
  expect(found).toBeGreaterThan(270)
  index.dispose()
  copy.dispose()
})

it('says that memory has run out, and goes on answering', async () => {
  const index = await createUsearchIndex({ dimensions: 1024, maximumBytes: 4 * 2 ** 20 })
  const many = seededVectors(2000, 1024, 3)
  let error: unknown
  try {
    for (const [key, vector] of many.entries()) index.add(key, vector)
  } catch (reason) {
    error = reason
  }
  expect(isUsearchError(error, 'out_of_memory')).toBe(true)
  expect(index.search(many[7] as Float32Array, { k: 1 })[0]?.key).toBe(7)
  index.dispose()
})
