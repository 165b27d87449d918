import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    tfjs: 'src/tfjs.ts',
    sqlite: 'src/sqlite.ts',
    indexeddb: 'src/indexeddb.ts',
    graph: 'src/graph.ts',
    kit: 'src/kit.ts',
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
  deps: {
    // Left as written, so that whoever bundles or runs the package chooses by condition.
    neverBundle: ['#image-codec', '#native-graph', /^node:/],
  },
})
