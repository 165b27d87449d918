import { defineConfig, type OxlintOverride } from 'oxlint'

/** What each package may import of the others; see ARCHITECTURE.md. */
const packages: Record<string, readonly string[]> = {
  models: [],
  'models-faceres': [],
  'usearch-wasm': [],
  core: ['models', 'usearch-wasm'],
  worker: ['core'],
  wire: ['core'],
  remote: ['wire', 'core'],
  server: ['wire', 'core'],
  cli: ['server', 'remote', 'worker', 'core', 'models'],
}

/**
 * The floors of packages/core/src from the top down. What stands on one may import what stands below it. The contract,
 * searcher.ts, and the types of faces, face.ts, are on none of them: all may import them, as types.
 */
const coreFloors = [
  ['index.ts', 'tfjs.ts', 'sqlite.ts', 'indexeddb.ts', 'graph.ts', 'kit.ts'],
  ['matcher.ts'],
  ['answers/'],
  ['transfer/'],
  ['gallery/'],
  ['options.ts'],
  ['recognition/'],
  ['vector-index/'],
  ['score/'],
  ['image/'],
  ['store/'],
  ['values/', 'template.ts', 'fused-template.ts'],
  ['errors.ts'],
]

/** What only its own public entry may bring in, so that an app pays for it only where it asks for it. */
const optionalParts = [
  { entry: 'tfjs.ts', files: 'recognition/tfjs/**', imports: '^@tensorflow|/tfjs/', name: 'TensorFlow.js' },
  { entry: 'sqlite.ts', files: 'store/sqlite/**', imports: '^node:sqlite$|/sqlite/', name: 'SQLite' },
  { entry: 'graph.ts', files: 'vector-index/graph/**', imports: '/graph/', name: 'The graph' },
  { entry: 'indexeddb.ts', files: 'store/indexeddb/**', imports: '^idb$|/indexeddb/', name: 'IndexedDB' },
]

type Pattern = { group: string[]; message: string } | { regex: string; message: string; allowTypeImports?: boolean }

function packageRules(name: string): Pattern[] {
  const allowed = packages[name] ?? []
  return [
    {
      group: [...importsOf('*'), ...allowed.flatMap(importsOf).map((pattern) => `!${pattern}`)],
      message: `packages/${name} may import ${allowed.length === 0 ? 'no other package' : `of packages only ${allowed.join(', ')}`}.`,
    },
    { regex: '(^|/)(src|dist)/', message: 'Another package is imported by its name.' },
  ]
}

function importsOf(name: string): string[] {
  return [`@visavis/${name}`, `@visavis/${name}/**`]
}

function optionalRules(file?: string): Pattern[] {
  return optionalParts
    .filter(({ entry, files }) => file !== entry && file !== files)
    .map(({ entry, imports, name }) => ({ regex: imports, message: `${name} comes in through ${entry} only.` }))
}

function floorRules(floor: number): Pattern[] {
  const above = coreFloors.slice(0, floor).flat().join('|').replaceAll('.', '\\.')
  const upward = { regex: `^(\\./|(\\.\\./)+)(${above})`, message: 'Inside core imports go down only.' }
  const contract = { regex: '/(searcher|face)\\.ts$', allowTypeImports: true, message: 'The contract is types only.' }
  return above === '' ? [contract] : [contract, upward]
}

function restrict(files: string, patterns: Pattern[]): OxlintOverride {
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } }
}

/** For a file or folder of packages/core/src. */
function restrictCore(file: string, floor: number): OxlintOverride {
  const files = file.endsWith('/') ? `${file}**` : file
  return restrict(`packages/core/src/${files}`, [...packageRules('core'), ...floorRules(floor), ...optionalRules(file)])
}

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  env: { builtin: true, browser: true, node: true },
  ignorePatterns: ['**/dist/**', '**/assets/**'],
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    // `fc.nat()` reads better than `nat()`, and is how its documentation writes it.
    'import/no-named-as-default-member': 'off',
    'vitest/expect-expect': [
      'error',
      { assertFunctionNames: ['expect', 'expectFound', 'fc.assert', 'refuses', 'rejects', 'runSequences'] },
    ],
    // What is done one after the other is meant to be: there is one network, and one database.
    'no-await-in-loop': 'off',
    'no-underscore-dangle': 'off',
    'oxc/no-map-spread': 'off',
    'unicorn/no-array-sort': 'off',
    // Spread lists keep lists of a kind on one line.
    'unicorn/no-useless-spread': 'off',
  },
  // Where several match a file, the last one holds.
  overrides: [
    ...Object.keys(packages).map((name) =>
      restrict(`packages/${name}/src/**`, [...packageRules(name), ...optionalRules()]),
    ),
    ...coreFloors.flatMap((files, floor) => files.map((file) => restrictCore(file, floor))),
    ...optionalParts.map(({ files }) => {
      const floor = coreFloors.findIndex((names) => names.some((name) => files.startsWith(name)))
      return restrictCore(files, floor)
    }),
  ],
})
