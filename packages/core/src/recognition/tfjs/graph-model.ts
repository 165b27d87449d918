import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { VisavisError } from '../../errors.ts'

export interface GraphModelBytes {
  model: Uint8Array
  weights: Uint8Array<ArrayBuffer>
}

interface ModelJson {
  format?: string
  signature?: object
  modelTopology: { node: GraphNode[] }
  weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[]
}

interface GraphNode {
  name: string
  op: string
  input?: string[]
  attr?: Record<string, unknown>
}

/**
 * A TensorFlow.js IO handler over bytes in memory, with every expression of constants evaluated once instead of at
 * each run. That lets a file keep its weights small (quantized filters and the scale they are multiplied by) and the
 * network run as if they had been folded.
 *
 * @throws VisavisError `model_corrupt` where the bytes are not a graph model.
 */
function graphModelHandler(bytes: GraphModelBytes, name: string): tf.io.IOHandler {
  const json = parse(bytes.model, name)
  const specs = json.weightsManifest.flatMap((group) => group.weights)
  const artifacts = foldConstants(json.modelTopology.node, tf.io.decodeWeights(bytes.weights.buffer, specs))
  const loaded: tf.io.ModelArtifacts = {
    modelTopology: { ...json.modelTopology, node: artifacts.nodes },
    weightSpecs: artifacts.specs,
    weightData: artifacts.data,
    ...(json.signature === undefined ? {} : { signature: json.signature }),
  }
  return { load: () => Promise.resolve(loaded) }
}

/** Loads a graph model from bytes that were already checked. */
export async function loadGraph(bytes: GraphModelBytes, name: string): Promise<GraphModel> {
  return loadGraphModel(graphModelHandler(bytes, name))
}

function parse(bytes: Uint8Array, name: string): ModelJson {
  let json: Partial<ModelJson>
  try {
    json = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ModelJson>
  } catch (cause) {
    throw new VisavisError('model_corrupt', `${name} is not JSON; serve the file that the models package ships.`, {
      cause,
    })
  }
  if (!Array.isArray(json.modelTopology?.node) || !Array.isArray(json.weightsManifest)) {
    throw new VisavisError('model_corrupt', `${name} is not a TensorFlow.js graph model.`)
  }
  return json as ModelJson
}

const foldable: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  Mul: (a, b) => tf.mul(a, b),
  AddV2: (a, b) => tf.add(a, b),
}

function foldConstants(
  nodes: readonly GraphNode[],
  weights: tf.NamedTensorMap,
): { nodes: GraphNode[]; specs: tf.io.WeightsManifestEntry[]; data: ArrayBuffer } {
  const constants = new Map(Object.entries(weights))
  const folded = nodes.map((node) => {
    const [a, b] = (node.input ?? []).map((input) => constants.get(input))
    const fold = foldable[node.op]
    if (fold === undefined || a === undefined || b === undefined) return node
    constants.set(node.name, fold(a, b))
    return { name: node.name, op: 'Const', input: [], attr: { dtype: { type: 'DT_FLOAT' } } }
  })
  const used = new Set(folded.flatMap((node) => node.input ?? []))
  const kept = folded.filter((node) => node.op !== 'Const' || used.has(node.name))
  const specs: tf.io.WeightsManifestEntry[] = []
  const values: (Float32Array | Int32Array | Uint8Array)[] = []
  for (const { op, name } of kept) {
    const constant = op === 'Const' ? constants.get(name) : undefined
    if (constant === undefined) continue
    specs.push({ name, shape: constant.shape, dtype: constant.dtype as 'float32' | 'int32' })
    values.push(constant.dataSync())
  }
  const data = new Uint8Array(values.reduce((sum, value) => sum + value.byteLength, 0))
  let at = 0
  for (const value of values) {
    data.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), at)
    at += value.byteLength
  }
  tf.dispose([...constants.values()])
  return { nodes: kept, specs, data: data.buffer }
}
