import { fileURLToPath } from 'node:url'
import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    tfjs: 'src/tfjs.ts',
    sqlite: 'src/sqlite.ts',
    indexeddb: 'src/indexeddb.ts',
    graph: 'src/graph.ts',
    image: 'src/image.ts',
    options: 'src/options.ts',
    values: 'src/values.ts',
    // Not public: the files that `#image-codec` and `#native-graph` in package.json choose from.
    'image/codec-browser': 'src/image/codec-browser.ts',
    'image/codec-node': 'src/image/codec-node.ts',
    'vector-index/native-graph-browser': 'src/vector-index/graph/native-graph-browser.ts',
    'vector-index/native-graph-node': 'src/vector-index/graph/native-graph-node.ts',
  },
  platform: 'neutral',
  target: 'es2023',
  dts: true,
  copy: '../../NOTICE',
  logLevel: 'warn',
  alias: { '@mediapipe/face_mesh': fileURLToPath(new URL('build/absent-runtime.js', import.meta.url)) },
  deps: {
    // Left as written, so that whoever bundles or runs the package chooses by condition.
    neverBundle: ['#image-codec', '#native-graph', /^node:/],
    // Bundled, because its peer dependencies would bring all users what the alias above does away with.
    onlyBundle: ['@tensorflow-models/face-landmarks-detection'],
  },
  // On a neutral platform no field but `exports` is read, and the face package has none.
  inputOptions: { resolve: { mainFields: ['module', 'main'] } },
})
