import type { Suite } from './suite.ts'

/** The suites by name, in the order of the report. Loaded one by one: each brings its own rivals. */
export const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  accuracy: async () => (await import('./accuracy/suite.ts')).accuracy,
  recognize: async () => (await import('./recognize/suite.ts')).recognize,
  search: async () => (await import('./search/suite.ts')).search,
  worker: async () => (await import('./worker/suite.ts')).worker,
  server: async () => (await import('./server/suite.ts')).server,
  store: async () => (await import('./store/suite.ts')).store,
  sync: async () => (await import('./sync/suite.ts')).sync,
}
