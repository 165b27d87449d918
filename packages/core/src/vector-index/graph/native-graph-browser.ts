import { VisavisError } from '../../errors.ts'
import type { GraphEngine } from './graph-engine.ts'

export async function nativeGraph(_dimensions: number): Promise<GraphEngine> {
  throw new VisavisError(
    'invalid_option',
    "The index 'usearch-native' is an addon of Node's, which no browser loads; use 'usearch', the same graph in WebAssembly.",
  )
}
