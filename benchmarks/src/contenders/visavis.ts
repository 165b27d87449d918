import * as tf from '@tensorflow/tfjs-core'
import { isVisavisError, type Pixels, type SearchMode } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { assetUrls, dlibResnet } from '@visavis/models'
import { readFile } from 'node:fs/promises'
// Of the network by itself there is no public form.
import { loadGraph } from '../../../packages/core/src/recognition/tfjs/graph-model.ts'
import type { Contender, Outcome } from './contender.ts'

/**
 * visavis as it is shipped, through its public interface: `fast` and `accurate` make the template of a crop, `embedder`
 * runs the embedding network alone, on an input that lies ready.
 */
export async function createVisavis(): Promise<Contender> {
  const recognizer = await createRecognizer()
  const recognize =
    (mode: SearchMode) =>
    async (crop: Pixels): Promise<Outcome> => {
      try {
        return (await recognizer.recognize(crop, { mode, purpose: 'search' })).template
      } catch (error) {
        if (!isVisavisError(error)) throw error
        return { refused: [error.code, ...(error.reasons ?? [])].join(' ') }
      }
    }
  return { operations: { fast: recognize('FAST'), accurate: recognize('ACCURATE'), embedder: await embedder() } }
}

async function embedder(): Promise<() => Promise<Outcome>> {
  const { model, weights, input, dimensions } = dlibResnet
  const network = await loadGraph(
    { model: await bytesOf(model.name), weights: await bytesOf(weights.name) },
    model.name,
  )
  const chip = tf.randomUniform([1, input.height, input.width, 3], -0.5, 0.5, 'float32', 1)
  return () => {
    const output = network.execute(chip) as tf.Tensor
    const vector = Float32Array.from(output.dataSync())
    output.dispose()
    if (vector.length !== dimensions || !vector.every(Number.isFinite)) throw new Error('the network gave no vector')
    return Promise.resolve(vector)
  }
}

async function bytesOf(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(assetUrls[name] as URL))
}
