import { expect, it } from 'vitest'
import { checkOptions } from './arguments.ts'
import { Engine } from './engine.ts'
import { loadUsearch } from './module.ts'
import { graphHeadBytes, headBytes, prefixBytes } from './saved-file.ts'
import { randomVectors } from './testing/random-vectors.ts'
import { refuses } from './testing/refuses.ts'

it('says that an engine is broken once the module has failed', async () => {
  const settings = checkOptions({ dimensions: 8, connectivity: 4 })
  const module = await loadUsearch()
  const engine = await Engine.start(module, settings, undefined)
  for (const [key, vector] of randomVectors(100, 8, 1).entries()) engine.add(key, vector)
  const saved = new Uint8Array(engine.savedBytes)
  engine.save(saved, 0)
  const vectorsEnd = prefixBytes + 100 * 32
  const graph = saved.subarray(vectorsEnd + headBytes)
  // Every neighbor is far outside of the memory, which the check of saved files would have found.
  graph.fill(0xee, graphHeadBytes + 200 + 10 + 4, graphHeadBytes + 200 + 10 + 4 + 32)
  const other = await Engine.start(module, settings, undefined)
  other.loadVectors(saved.subarray(prefixBytes, vectorsEnd))
  const search = (): unknown => other.search(new Float32Array(8).fill(1), 1, 50, false, false)
  await refuses(() => {
    other.loadGraph(100, [graph])
    search()
  }, 'broken')
  await refuses(search, 'broken')
  await refuses(() => other.size, 'broken')
  expect(engine.size).toBe(100)
})
