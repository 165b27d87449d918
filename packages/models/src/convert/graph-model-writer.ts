/**
 * Writes TensorFlow.js graph models: a list of nodes in the form of TensorFlow's GraphDef and one file of weights.
 */
export interface GraphModelFiles {
  /** The `model.json`: topology, signature, and where each weight lies in the weights file. */
  model: Uint8Array
  weights: Uint8Array
}

/** How a weight's bytes are stored; TensorFlow.js turns them into float32 when it loads them. */
export type WeightStorage =
  | { kind: 'float32' }
  | { kind: 'int32' }
  | { kind: 'float16' }
  | { kind: 'uint8'; scale: number; min: number }

interface WeightSpec {
  name: string
  shape: number[]
  dtype: 'float32' | 'int32'
  quantization?: { dtype: 'float16' } | { dtype: 'uint8'; scale: number; min: number }
}

type Attribute = Record<string, unknown>

interface GraphNode {
  name: string
  op: string
  input: string[]
  attr: Record<string, Attribute>
}

const float = { type: 'DT_FLOAT' }

export class GraphModelWriter {
  readonly #nodes: GraphNode[] = []
  readonly #specs: WeightSpec[] = []
  readonly #chunks: Uint8Array[] = []
  readonly #inputs: Record<string, unknown> = {}
  readonly #outputs: Record<string, unknown> = {}

  input(name: string, shape: readonly number[]): string {
    this.#nodes.push({
      name,
      op: 'Placeholder',
      input: [],
      attr: { dtype: float, shape: { shape: tensorShape(shape) } },
    })
    this.#inputs[name] = { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: tensorShape(shape) }
    return name
  }

  output(name: string, shape: readonly number[]): void {
    this.#outputs[name] = { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: tensorShape(shape) }
  }

  weight(name: string, shape: readonly number[], bytes: Uint8Array, storage: WeightStorage): string {
    const integer = storage.kind === 'int32'
    const spec: WeightSpec = { name, shape: [...shape], dtype: integer ? 'int32' : 'float32' }
    if (storage.kind === 'float16') spec.quantization = { dtype: 'float16' }
    if (storage.kind === 'uint8') {
      spec.quantization = { dtype: 'uint8', scale: storage.scale, min: storage.min }
    }
    this.#specs.push(spec)
    this.#chunks.push(bytes)
    this.#nodes.push({
      name,
      op: 'Const',
      input: [],
      attr: { dtype: { type: integer ? 'DT_INT32' : 'DT_FLOAT' } },
    })
    return name
  }

  int32(name: string, shape: readonly number[], values: readonly number[]): string {
    return this.weight(name, shape, new Uint8Array(Int32Array.from(values).buffer), { kind: 'int32' })
  }

  node(name: string, op: string, input: readonly string[], attr: Record<string, Attribute> = {}): string {
    this.#nodes.push({ name, op, input: [...input], attr: { T: float, ...attr } })
    return name
  }

  /** `input` 2-D convolved with `filter` (HWIO), plus `bias`, then what `activation` says, in one kernel. */
  fusedConv2d(
    name: string,
    input: string,
    filter: string,
    bias: string,
    options: { strides: readonly [number, number]; padding: string; relu?: boolean; depthwise?: boolean },
  ): string {
    const fused = ['BiasAdd', ...(options.relu === true ? ['Relu'] : [])]
    return this.node(
      name,
      options.depthwise === true ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D',
      [input, filter, bias],
      {
        strides: ints([1, ...options.strides, 1]),
        dilations: ints([1, 1, 1, 1]),
        padding: text(options.padding),
        data_format: text('NHWC'),
        fused_ops: { list: { s: fused.map(base64) } },
        num_args: { i: '1' },
        explicit_paddings: { list: {} },
        epsilon: { f: 0 },
      },
    )
  }

  /**
   * @param origin One line for the model's `generatedBy` field.
   * @param weightsName The weights file beside the model's, so that TensorFlow.js can load the pair by URL.
   */
  files(origin: string, weightsName: string = 'weights.bin'): GraphModelFiles {
    const weights = new Uint8Array(this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
    let at = 0
    for (const chunk of this.#chunks) {
      weights.set(chunk, at)
      at += chunk.byteLength
    }
    const model = {
      format: 'graph-model',
      generatedBy: origin,
      convertedBy: 'visavis',
      signature: { inputs: this.#inputs, outputs: this.#outputs },
      modelTopology: { node: this.#nodes, library: {}, versions: { producer: 1 } },
      weightsManifest: [{ paths: [weightsName], weights: this.#specs }],
    }
    return { model: new TextEncoder().encode(JSON.stringify(model)), weights }
  }
}

export function text(value: string): Attribute {
  return { s: base64(value) }
}

export function ints(values: readonly number[]): Attribute {
  return { list: { i: values.map(String) } }
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64')
}

function tensorShape(shape: readonly number[]): { dim: { size: string }[] } {
  return { dim: shape.map((size) => ({ size: String(size) })) }
}
