import { fileURLToPath } from 'node:url'
import { defineConfig, type UserConfig } from 'tsdown'

const shared: UserConfig = { platform: 'neutral', target: 'es2023', logLevel: 'warn', clean: false, hash: false }

const absentThreads = fileURLToPath(new URL('build/absent-threads.js', import.meta.url))

export default defineConfig([
  {
    ...shared,
    entry: 'src/index.ts',
    dts: true,
    clean: true,
    copy: ['../../NOTICE', { from: ['../models/assets/*', '../usearch-wasm/assets/*'], to: 'dist/assets' }],
  },
  {
    // For an app's own worker file, by itself: what it shares with the page's side would become a third file.
    ...shared,
    entry: 'src/serve.ts',
    dts: true,
  },
  {
    // For pages without a bundler, which cannot find packages by their names.
    ...shared,
    entry: 'src/standalone.ts',
    platform: 'browser',
    dts: { resolver: 'oxc' },
    deps: { alwaysBundle: [/./] },
    minify: true,
  },
  {
    // In Node packages are found by their names, and are those that the app has itself.
    ...shared,
    entry: { 'worker/node': 'src/worker/node.ts' },
    deps: { neverBundle: [/^node:/] },
  },
  {
    // One file that needs nothing but the model files: they lie in ../assets, as the models package names them.
    ...shared,
    entry: { 'worker/browser': 'src/worker/browser.ts' },
    platform: 'browser',
    deps: { alwaysBundle: [/./] },
    alias: {
      '../wasm-out/tfjs-backend-wasm-threaded-simd.js': absentThreads,
      '../wasm-out/tfjs-backend-wasm-threaded-simd.worker.js': absentThreads,
    },
    // The backend's loader asks for these, and bundlers that pretend to be Node would answer it.
    define: { __filename: 'undefined', __dirname: 'undefined' },
    outputOptions: { codeSplitting: false, comments: false },
    // Printed as usual: bundlers look for `new URL('...', import.meta.url)` in just this form.
    minify: { compress: true, mangle: true, codegen: false },
  },
])
