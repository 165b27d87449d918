import * as tf from '@tensorflow/tfjs-core'
import { isVisavisError, type Pixels, type RecognizeOptions } from '@visavis/core'
import { assetUrls, packs, type PackName } from '@visavis/models'
import { readFile } from 'node:fs/promises'
// Of the networks by themselves there is no public form.
import { loadGraph } from '../../../packages/core/src/recognition/tfjs/graph-model.ts'
import { optInFiles } from '../../../packages/models/build/opt-in.ts'
import { openRecognizer } from '../open-recognizer.ts'
import type { Contender, Outcome } from './contender.ts'

/**
 * visavis as it is shipped, through its public interface: `fast` and `accurate` make the template of a crop as a search
 * does, `enrolled` makes it as it is kept, without asking more of the picture. `embedder` runs the embedding networks of
 * the model alone, on inputs that lie ready, and `dlib` that of dlib.
 */
export async function createVisavis(model: PackName): Promise<Contender> {
  const pack = packs[model]
  const recognizer = await openRecognizer(model)
  const { accurate, enroll } = pack.plans
  const isSame = accurate.mirror === enroll.mirror && accurate.rereadLandmarks === enroll.rereadLandmarks
  // A search whose ACCURATE does what enrolling does.
  const enrolling = isSame ? undefined : await openRecognizer({ ...pack, plans: { ...pack.plans, accurate: enroll } })
  const recognize =
    (by: typeof recognizer, mode: RecognizeOptions['mode']) =>
    async (crop: Pixels): Promise<Outcome> => {
      try {
        return (await by.recognize(crop, { mode, purpose: 'search' })).template
      } catch (error) {
        if (!isVisavisError(error)) throw error
        return { refused: [error.code, ...(error.reasons ?? [])].join(' ') }
      }
    }
  const accurately = recognize(recognizer, 'ACCURATE')
  let last: { readonly crop: Pixels; readonly outcome: Outcome } | undefined
  return {
    operations: {
      fast: recognize(recognizer, 'FAST'),
      async accurate(crop) {
        const outcome = await accurately(crop)
        last = { crop, outcome }
        return outcome
      },
      async enrolled(crop) {
        if (enrolling !== undefined) return recognize(enrolling, 'ACCURATE')(crop)
        return last?.crop === crop ? last.outcome : accurately(crop)
      },
      embedder: await networksOf(model),
      dlib: await networksOf('dlib'),
    },
  }
}

async function networksOf(model: PackName): Promise<() => Promise<Outcome>> {
  const files = { ...(model === 'dlib' ? {} : await optInFiles()), ...assetUrls }
  const bytesOf = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await readFile(files[name] as URL))
  const { networks, dimensions } = packs[model]
  const loaded = await Promise.all(
    networks.map(async ({ network: { model: graph, weights, input } }) => ({
      network: await loadGraph({ model: await bytesOf(graph.name), weights: await bytesOf(weights.name) }, graph.name),
      chip: tf.randomUniform([1, input.height, input.width, 3], -0.5, 0.5, 'float32', 1),
    })),
  )
  return () => {
    const vector: number[] = []
    for (const { network, chip } of loaded) {
      const output = network.execute(chip) as tf.Tensor
      vector.push(...output.dataSync())
      output.dispose()
    }
    if (vector.length !== dimensions || !vector.every(Number.isFinite)) throw new Error('the network gave no vector')
    return Promise.resolve(Float32Array.from(vector))
  }
}
