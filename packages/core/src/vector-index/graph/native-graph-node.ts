import { createNativeUsearchIndex } from '@visavis/usearch-wasm/native'
import type { GraphEngine } from './graph-engine.ts'

/** The native addon, tried once: that it is missing is to be said when the index is made, and not when it grows. */
export async function nativeGraph(dimensions: number): Promise<GraphEngine> {
  const first = await createNativeUsearchIndex({ dimensions })
  first.dispose()
  return { create: createNativeUsearchIndex }
}
