import { createRequire } from 'node:module'
import path from 'node:path'

export const require: NodeJS.Require = createRequire(import.meta.url)

/** The folder of a rival's package, wherever it was installed. Its builds are not among its exports. */
export function packageFolder(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const candidate = path.join(folder, name)
    if (process.getBuiltinModule('node:fs').existsSync(path.join(candidate, 'package.json'))) return candidate
  }
  throw new Error(`The package ${name} is not installed.`)
}

/** The folder of TensorFlow.js's WebAssembly binaries, so that no rival fetches them from a CDN. */
export function wasmFolder(): string {
  return path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep
}
