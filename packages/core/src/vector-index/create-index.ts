import { checkOptions, oneOf } from '../values/option-shape.ts'
import {
  indexOptions,
  type IndexChoice,
  type IndexFactory,
  type IndexName,
  type IndexOptions,
  type IndexRequest,
} from './index-options.ts'
import { createPackedIndex } from './packed-index.ts'
import type { VectorIndex } from './vector-index.ts'

const factories: Readonly<Record<IndexName, IndexFactory>> = {
  auto: createPackedIndex,
  packed: createPackedIndex,
  usearch: async (request) => (await loadGraph()).usearchIndex(request),
  'usearch-native': async (request) => (await loadGraph()).nativeUsearchIndex(request),
}

/**
 * An empty index.
 *
 * @param request What the caller has not decided.
 * @throws VisavisError `invalid_option`, `model_load_failed`, `gallery_full`; what a factory of the app's own throws
 */
export async function createIndex(choice: IndexChoice | undefined, request: IndexRequest): Promise<VectorIndex> {
  const { kind = 'auto', ...tuning } = toIndexOptions(choice)
  const made = { ...request, ...tuning }
  return typeof kind === 'function' ? kind(made) : factories[kind](made)
}

/** @throws VisavisError `invalid_option` */
function toIndexOptions(choice: IndexChoice | undefined): IndexOptions {
  if (choice === undefined) return {}
  if (typeof choice === 'string' || typeof choice === 'function') return { kind: known('index', choice) }
  checkOptions('index', indexOptions, choice)
  return choice.kind === undefined ? choice : { ...choice, kind: known('index.kind', choice.kind) }
}

function known(option: string, kind: IndexName | IndexFactory): IndexName | IndexFactory {
  if (typeof kind !== 'function') oneOf(...Object.keys(factories))(option, kind)
  return kind
}

/** Loaded when it is chosen by name: an app without it does not bundle it. */
// oxlint-disable-next-line no-restricted-imports
const loadGraph = (): Promise<typeof import('./graph/usearch-graph.ts')> => import('./graph/usearch-graph.ts')
