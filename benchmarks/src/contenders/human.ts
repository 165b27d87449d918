import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config, Human } from '@vladmandic/human'
import { ownPipeline, type Contender } from './contender.ts'
import { packageFolder, require, wasmFolder } from './modules.ts'

const off = { enabled: false }

/** human's defaults for a face descriptor (detector, mesh, description), all else off, no result kept from the last frame. */
const config: Partial<Config> = {
  backend: 'wasm',
  wasmPath: wasmFolder(),
  modelBasePath: String(pathToFileURL(path.join(packageFolder('@vladmandic/human'), 'models'))),
  warmup: 'none',
  cacheSensitivity: 0,
  gesture: off,
  body: off,
  hand: off,
  object: off,
  segmentation: off,
  face: {
    enabled: true,
    detector: { skipFrames: 0, skipTime: 0 },
    mesh: { enabled: true },
    description: { enabled: true, skipFrames: 0, skipTime: 0 },
    attention: off,
    iris: off,
    emotion: off,
    antispoof: off,
    liveness: off,
    gear: off,
  },
}

export async function createHuman(): Promise<Contender> {
  fetchFiles()
  const build = path.join(packageFolder('@vladmandic/human'), 'dist/human.node-wasm.js')
  const human = new (require(build) as { Human: new (config: Partial<Config>) => Human }).Human(config)
  await human.load()
  const tf = human.tf as unknown as typeof import('@tensorflow/tfjs-core')
  const absent = human.models.stats().modelStats.filter(({ loaded }) => !loaded)
  if (tf.getBackend() !== 'wasm' || absent.length > 0) throw new Error('human did not start with its models on wasm')
  return {
    operations: {
      [ownPipeline]: async ({ width, height, data }) => {
        const crop = tf.tensor3d(new Uint8Array(data), [height, width, 3], 'int32')
        const { face, error } = await human.detect(crop as never)
        crop.dispose()
        if (error !== null && error !== undefined) throw new Error(String(error))
        const embedding = face[0]?.embedding
        return embedding === undefined || embedding.length === 0 ? { refused: 'no_face' } : Float32Array.from(embedding)
      },
    },
  }
}

/** human loads its models with `fetch`, which in Node knows no file: URLs. */
function fetchFiles(): void {
  const { fetch } = globalThis
  globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input)
    return url.startsWith('file:') ? new Response(await readFile(new URL(url))) : fetch(input, init)
  }
}
