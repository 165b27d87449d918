import type { GraphModel } from '@tensorflow/tfjs-converter'
import { faceDetector, faceMesh, wasmBackend, type NetworkManifest } from '@visavis/models'
import type { Recognizer } from '../recognizer.ts'
import { loadAsset, type AssetSources } from './assets.ts'
import { startBackend } from './backend.ts'
import { checkPack } from './check-pack.ts'
import { choosePack, type ModelChoice } from './choose-pack.ts'
import { Embedder } from './embedder.ts'
import { FaceDetector } from './face-detector.ts'
import { FaceMesh } from './face-mesh.ts'
import { loadGraph, type GraphModelBytes } from './graph-model.ts'
import { PackEmbedder } from './pack-embedder.ts'
import { TfjsRecognizer } from './tfjs-recognizer.ts'
import { abortSignal, anything, checkOptions, optional, type OptionShape } from '../../values/option-shape.ts'

export interface RecognizerOptions {
  /**
   * Where the model files are. @default the files of the models package, found beside its code; in Node those that
   * `visavis models add` left in the folder visavis-models, too
   */
  assets?: AssetSources
  /**
   * What makes templates: a model by its name, a manifest of one's own, several to be joined, or the folder that
   * `visavis models convert` wrote. Templates of different models are never compared.
   * @default 'dlib'
   */
  model?: ModelChoice
  /** Stops loading. */
  signal?: AbortSignal
}

/** What model and assets may be is said where they are used. */
const recognizerOptions: OptionShape<RecognizerOptions> = {
  assets: anything,
  model: anything,
  signal: optional(abortSignal),
}

/**
 * A recognizer in this thread, on TensorFlow.js's WebAssembly backend with one thread and SIMD.
 *
 * @throws VisavisError `invalid_option` where no model has that name, `model_load_failed` where a file cannot be had or
 * WebAssembly is blocked, `model_corrupt` where a file is not what its manifest promises, `model_mismatch` where a
 * manifest makes no sense.
 */
export async function createRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  checkOptions('options', recognizerOptions, options)
  const { assets, signal, model = 'dlib' } = options
  const { pack, folder } = await choosePack(model, signal)
  checkPack(pack)
  const bytesOf = async (network: NetworkManifest, sources: AssetSources | undefined): Promise<GraphModelBytes> => {
    const [graph, weights] = await Promise.all([
      loadAsset(network.model, sources, signal, network.obtain),
      loadAsset(network.weights, sources, signal, network.obtain),
    ])
    return { model: graph, weights }
  }
  const [meshBytes, detectorBytes, networkBytes] = await Promise.all([
    bytesOf(faceMesh, assets),
    bytesOf(faceDetector, assets),
    Promise.all(pack.networks.map(({ network }) => bytesOf(network, folder ?? assets))),
    startBackend(() => loadAsset(wasmBackend, assets, signal)),
  ])
  signal?.throwIfAborted()
  const loaded: GraphModel[] = []
  const load = async (bytes: GraphModelBytes, { model: file }: NetworkManifest): Promise<GraphModel> => {
    const graph = await loadGraph(bytes, file.name)
    loaded.push(graph)
    return graph
  }
  try {
    const mesh = new FaceMesh(await load(meshBytes, faceMesh))
    const detector = new FaceDetector(await load(detectorBytes, faceDetector))
    const embedders: Embedder[] = []
    for (const [i, { network }] of pack.networks.entries()) {
      embedders.push(new Embedder(await load(networkBytes[i] as GraphModelBytes, network), network))
    }
    return new TfjsRecognizer(pack, mesh, detector, new PackEmbedder(pack, embedders))
  } catch (error) {
    for (const graph of loaded) graph.dispose()
    throw error
  }
}
