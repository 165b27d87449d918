import { checkInteger, type Settings } from './arguments.ts'
import { Engine } from './engine.ts'
import type { UsearchIndexOptions } from './ann-index.ts'
import { loadUsearch, type ModuleSource } from './module.ts'

export interface WasmIndexOptions extends UsearchIndexOptions {
  /** The most memory that the index may take, 2 MiB to 4 GiB. @default 4 GiB */
  maximumBytes?: number
  /** The WebAssembly module, or where it is. @default the file that comes with the package */
  module?: ModuleSource
}

/** Makes an empty engine; compacting asks for another. */
export type StartEngine = (settings: Settings) => Promise<Engine>

export const largestMemory: number = 2 ** 32
const smallestMemory = 2 * 2 ** 20

export async function engineStarter({ maximumBytes, module: source }: WasmIndexOptions): Promise<StartEngine> {
  if (maximumBytes !== undefined) checkInteger('maximumBytes', maximumBytes, smallestMemory, largestMemory)
  const module = await loadUsearch(source)
  return (settings) => Engine.start(module, settings, maximumBytes)
}
