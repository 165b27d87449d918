import { createMatcher } from '@visavis/core'
import { createRecognizer, type AssetSource } from '@visavis/core/tfjs'
import { assetUrls, dlibResnet, type EmbedderManifest } from '@visavis/models'
import * as tf from '@tensorflow/tfjs-core'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GraphModelWriter, ints, text } from '../packages/models/src/convert/graph-model-writer.ts'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut, type CropOptions } from './support/photo.ts'
import { runModule } from './support/run-module.ts'
import { rejects } from './support/rejects.ts'

const names = Object.keys(assetUrls)
const files = new Map<string, Uint8Array<ArrayBuffer>>()
beforeAll(async () => {
  for (const name of names) files.set(name, new Uint8Array(await readFile(assetUrls[name] as URL)))
})

/** Everything as it is but one file. */
function withFile(name: string, source: AssetSource): Promise<unknown> {
  return createRecognizer({ assets: { [name]: source } })
}

describe('createRecognizer', () => {
  it('keeps what a browser downloads for recognition, besides code, under 8.5 MB', () => {
    const total = names.reduce((sum, name) => sum + (files.get(name)?.byteLength ?? 0), 0)
    expect(total).toBeLessThan(8_500_000)
  })

  it('refuses a damaged WebAssembly file, and starts with a whole one after that', async () => {
    // The backend starts once a process, so its file is looked at only by a process's first recognizer.
    const script = `
      import { createRecognizer } from '@visavis/core/tfjs'
      const cutOff = { 'tfjs-backend-wasm-simd.wasm': new Uint8Array(100) }
      const error = await createRecognizer({ assets: cutOff }).catch((reason) => reason)
      await (await createRecognizer()).close()
      console.log(error.code, error.message)`
    const { stdout } = await runModule(script)
    expect(stdout).toMatch(/^model_corrupt .*tfjs-backend-wasm-simd\.wasm/)
  })

  for (const name of names.filter((file) => !file.endsWith('.wasm'))) {
    it(`refuses ${name} cut off, changed, or another file, and says which it is`, async () => {
      const whole = files.get(name) as Uint8Array<ArrayBuffer>
      const changed = whole.slice()
      const middle = whole.length >> 1
      changed[middle] = (changed[middle] as number) ^ 1
      const others = files.get(name === 'face-mesh.bin' ? 'face-mesh.json' : 'face-mesh.bin') as Uint8Array
      for (const wrong of [whole.slice(0, -1), whole.slice(0, 100), new Uint8Array(0), changed, others]) {
        const error = await withFile(name, wrong).catch((reason: unknown) => reason)
        expect(error).toMatchObject({ code: 'model_corrupt', message: expect.stringContaining(name) })
      }
    })
  }

  it('refuses a file that is not there and says which it is', async () => {
    const error = await withFile('face-mesh.bin', new URL('file:///nowhere/face-mesh.bin')).catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ code: 'model_load_failed', message: expect.stringContaining('face-mesh.bin') })
  })

  it('leaves no handlers on the process', async () => {
    // In a process of its own, since the handlers come when the backend first starts. The app's own one stays.
    const script = `
      import { createRecognizer } from '@visavis/core/tfjs'
      const loading = createRecognizer()
      const mine = (reason) => { throw reason }
      const timer = setInterval(() => process.listeners('unhandledRejection').includes(mine) || process.on('unhandledRejection', mine), 0)
      await (await loading).close()
      clearInterval(timer)
      console.log(process.listenerCount('uncaughtException'), process.listeners('unhandledRejection').map((l) => l === mine))`
    expect((await runModule(script)).stdout).toBe('0 [ true ]\n')
  })

  it('stops loading where it is aborted', async () => {
    const reason = new Error('enough')
    await expect(createRecognizer({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  describe('from a server', () => {
    let server: Server
    let address: string
    beforeAll(async () => {
      server = createServer((request, response) => {
        const [, folder, name] = (request.url ?? '').split('/')
        if (folder === 'page')
          response.setHeader('content-type', 'text/html').end('<!doctype html><title>Not found</title>')
        else if (folder === 'models' && files.has(name ?? '')) response.end(files.get(name ?? ''))
        else response.writeHead(404).end()
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    afterAll(() => {
      server.close()
    })

    it("loads from a folder's URL", async () => {
      const recognizer = await createRecognizer({ assets: `${address}/models` })
      expect(recognizer.model.id).toBe(dlibResnet.id)
      await recognizer.close()
    })

    it('tells a file that is missing from a page that is served in its place', async () => {
      await rejects(createRecognizer({ assets: `${address}/elsewhere/` }), 'model_load_failed')
      await rejects(createRecognizer({ assets: `${address}/page/` }), 'model_corrupt')
    })
  })
})

describe('an embedder of the user', () => {
  it('works without a change to the library', async () => {
    const { manifest, assets } = tileEmbedder()
    await using matcher = await createMatcher({ recognizer: await createRecognizer({ model: manifest, assets }) })
    const ada = people['Ada'] as CropOptions
    const photo = await loadPhoto(6)
    await matcher.persons.create({ id: 'Ada', name: 'Ada', images: [cut(photo, ada)] })
    const again = cut(photo, { ...ada, x: ada.x + 6, size: ada.size * 1.05 })
    const { candidates, model } = await matcher.search(again, { minScore: 0.8, mode: 'FAST' })
    expect(model).toBe('tiles')
    expect(candidates.map(({ id }) => id)).toEqual(['Ada'])
  })

  it('is refused where its manifest makes no sense', async () => {
    const { manifest, assets } = tileEmbedder()
    const wrong: Partial<EmbedderManifest>[] = [
      { input: { width: 0, height: 120 } },
      { template: [{ landmarks: [1], x: 1, y: 1 }] },
      {
        template: [
          { landmarks: [468], x: 1, y: 1 },
          { landmarks: [], x: 2, y: 2 },
        ],
      },
      { dimensions: 1.5 },
      { normalization: { ...manifest.normalization, divisor: 0 } },
      { calibration: { fast: [[0, 0]], accurate: manifest.calibration.accurate } },
      {
        calibration: {
          fast: manifest.calibration.fast,
          accurate: [
            [0, 0],
            [1, 1],
          ],
        },
      },
    ]
    for (const part of wrong) {
      await rejects(createRecognizer({ model: { ...manifest, ...part }, assets }), 'model_mismatch')
    }
  })

  it('is refused where it gives other dimensions than it promises', async () => {
    const { manifest, assets } = tileEmbedder()
    const recognizer = await createRecognizer({ model: { ...manifest, dimensions: 191 }, assets })
    await using matcher = await createMatcher({ recognizer })
    const crop = cut(await loadPhoto(6), people['Ada'] as CropOptions)
    await rejects(matcher.search(crop, { minScore: 0.5, mode: 'FAST' }), 'dimension_mismatch')
  })
})

describe('memory', () => {
  it('holds as many tensors and bytes after many pictures as after a few', async () => {
    const recognizer = await createRecognizer()
    await using matcher = await createMatcher({ recognizer })
    const photo = await loadPhoto(6)
    const ada = people['Ada'] as CropOptions
    const noFace = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) }
    const round = async (i: number): Promise<void> => {
      const mode = i % 2 === 0 ? 'FAST' : 'ACCURATE'
      await matcher.search(cut(photo, { ...ada, x: ada.x + i }), { minScore: 0.5, mode })
      await matcher.search(noFace, { minScore: 0.5, mode }).catch(() => undefined)
    }
    for (let i = 0; i < 2; i++) await round(i)
    await matcher.detect(photo)
    const before = tf.memory()
    for (let i = 0; i < 10; i++) await round(i)
    await matcher.detect(photo)
    const after = tf.memory()
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes])
  })

  it('gives back every tensor when the recognizer is closed', async () => {
    const before = tf.memory().numTensors
    const recognizer = await createRecognizer()
    await recognizer.detect({ width: 64, height: 64, channels: 3, data: new Uint8Array(64 * 64 * 3) })
    await recognizer.close()
    await recognizer.close()
    expect(tf.memory().numTensors).toBe(before)
  })
})

/** Averages 15x15-pixel tiles of a 120x120 chip: 8 x 8 tiles of three colours. */
function tileEmbedder(): { manifest: EmbedderManifest; assets: Record<string, Uint8Array> } {
  const writer = new GraphModelWriter()
  const input = writer.input('chip', [-1, 120, 120, 3])
  const tiles = writer.node('tiles', 'AvgPool', [input], {
    ksize: ints([1, 15, 15, 1]),
    strides: ints([1, 15, 15, 1]),
    padding: text('VALID'),
    data_format: text('NHWC'),
  })
  writer.node('vector', 'Reshape', [tiles, writer.int32('shape', [2], [1, 192])])
  writer.output('vector', [1, 192])
  const { model, weights } = writer.files('a test')
  return {
    manifest: {
      ...dlibResnet,
      id: 'tiles',
      model: describeFile('tiles.json', model),
      weights: describeFile('tiles.bin', weights),
      input: { width: 120, height: 120 },
      template: [
        { landmarks: [33, 133], x: 35, y: 45 },
        { landmarks: [362, 263], x: 85, y: 45 },
      ],
      normalization: { mean: [128, 128, 128], divisor: 128, channelOrder: 'bgr' },
      dimensions: 192,
      calibration: {
        fast: [
          [0, 0],
          [1, -7],
        ],
        accurate: [
          [0, 0],
          [1, -7],
        ],
      },
    },
    assets: { 'tiles.json': model, 'tiles.bin': weights },
  }
}

function describeFile(name: string, bytes: Uint8Array): EmbedderManifest['model'] {
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
