import { ConvertError } from './convert-error.ts'
import { GraphModelWriter, ints, text, type GraphModelFiles } from './graph-model-writer.ts'
import {
  samePadding,
  type Activation,
  type Convolution,
  type Layer,
  type Network,
  type Padding,
  type Pool,
} from './network.ts'
import { toUint8, type Precision } from './precision.ts'

export interface GraphModelOptions {
  /** How weights are stored; biases and slopes are float16 at least. */
  readonly precision: Precision
  /** One line for the model's `generatedBy` field. */
  readonly origin: string
  /** The name of the weights file beside the model's. */
  readonly weightsName: string
}

/** A TensorFlow.js graph model of a network. */
export function writeGraphModel(network: Network, options: GraphModelOptions): GraphModelFiles {
  const writing = new Writing(network, options.precision)
  return writing.writer.files(options.origin, options.weightsName)
}

class Writing {
  readonly writer: GraphModelWriter = new GraphModelWriter()
  readonly #network: Network
  readonly #precision: Precision
  /** The node that holds a layer's values. */
  readonly #nodes: Map<string, string> = new Map()

  constructor(network: Network, precision: Precision) {
    this.#network = network
    this.#precision = precision
    for (const layer of network.layers) this.#nodes.set(layer.name, this.#write(layer))
    const output = this.#nodes.get(network.output)
    if (output === undefined) throw new ConvertError('the network has no output')
    this.writer.output(output, network.shape(network.output))
  }

  #write(layer: Layer): string {
    const { operation, shape } = layer
    const { writer } = this
    const name = nodeName(layer.name)
    const inputs = layer.inputs.map((input) => this.#nodes.get(input) as string)
    const [input = ''] = inputs
    switch (operation.kind) {
      case 'input':
        return writer.input(name, [-1, ...shape.slice(1)])
      case 'convolution':
        return this.#convolution(name, input, operation, this.#network.shape(layer.inputs[0] as string))
      case 'dense': {
        const inner = operation.weights.length / operation.bias.length
        const weights = this.#weights(
          `${name}/weights`,
          [inner, operation.bias.length],
          operation.weights,
          this.#precision,
        )
        const bias = this.#vector(`${name}/bias`, operation.bias)
        const { fused, slopes } = this.#fused(name, operation.activation)
        return writer.node(name, '_FusedMatMul', [input, weights, bias, ...slopes], {
          transpose_a: { b: false },
          transpose_b: { b: false },
          ...fusedAttributes(fused, 1 + slopes.length),
        })
      }
      case 'scale': {
        const scaled = operation.scale.every((value) => value === 1)
          ? input
          : writer.node(`${name}/scaled`, 'Mul', [input, this.#vector(`${name}/scale`, operation.scale)])
        return writer.node(name, 'AddV2', [scaled, this.#vector(`${name}/offset`, operation.offset)])
      }
      case 'activate':
        return this.#activate(name, input, operation.activation)
      case 'add':
        return writer.node(name, 'AddV2', inputs)
      case 'subtract':
        return writer.node(name, 'Sub', inputs)
      case 'multiply':
        return writer.node(name, 'Mul', inputs)
      case 'absolute':
        return writer.node(name, 'Abs', inputs)
      case 'pool':
        return this.#pool(name, input, operation, this.#network.shape(layer.inputs[0] as string))
      case 'mean': {
        const axes = writer.int32(`${name}/axes`, [2], [1, 2])
        return writer.node(name, 'Mean', [input, axes], { keep_dims: { b: true } })
      }
      case 'pad': {
        const [top, bottom, left, right] = operation.padding
        const paddings = writer.int32(`${name}/paddings`, [4, 2], [0, 0, top, bottom, left, right, 0, 0])
        return writer.node(name, 'Pad', [input, paddings])
      }
      case 'concat': {
        const axis = writer.int32(`${name}/axis`, [], [shape.length - 1])
        return writer.node(name, 'ConcatV2', [...inputs, axis], { N: { i: String(inputs.length) } })
      }
      case 'reshape':
        return writer.node(name, 'Reshape', [input, writer.int32(`${name}/shape`, [shape.length], shape)])
      case 'transpose': {
        const order = writer.int32(`${name}/order`, [operation.order.length], operation.order)
        return writer.node(name, 'Transpose', [input, order])
      }
    }
  }

  /** Pooling in TensorFlow.js knows no explicit padding. */
  #pool(name: string, input: string, pool: Pool, from: readonly number[]): string {
    const padding = paddingOf(from, pool.size, pool)
    const pooled = (of: string, mode: 'SAME' | 'VALID'): string =>
      this.writer.node(name, pool.take === 'largest' ? 'MaxPool' : 'AvgPool', [of], {
        ksize: ints([1, ...pool.size, 1]),
        strides: ints([1, ...pool.strides, 1]),
        data_format: text('NHWC'),
        ...paddingAttributes(mode),
      })
    if (typeof padding === 'string') return pooled(input, padding)
    if (pool.take === 'mean') {
      throw new ConvertError(
        `a mean over windows with the padding [${padding.join(', ')}] is not supported (at ${name})`,
      )
    }
    const [top, bottom, left, right] = padding
    const paddings = this.writer.int32(`${name}/paddings`, [4, 2], [0, 0, top, bottom, left, right, 0, 0])
    const least = this.writer.weight(`${name}/least`, [], bytesOf(Float32Array.of(-3.4e38)), { kind: 'float32' })
    return pooled(this.writer.node(`${name}/padded`, 'PadV2', [input, paddings, least]), 'VALID')
  }

  #convolution(name: string, input: string, operation: Convolution, from: readonly number[]): string {
    const { filterShape, depthwise, strides, dilations } = operation
    // The first layer and depthwise ones have few weights, and every error of theirs goes all the way.
    const precision = depthwise || filterShape[2] <= 4 ? atLeastFloat16(this.#precision) : this.#precision
    const filter = this.#weights(`${name}/filter`, filterShape, operation.filter, precision)
    const bias = this.#vector(`${name}/bias`, operation.bias)
    const { fused, slopes } = this.#fused(name, operation.activation)
    const [height, width] = filterShape
    return this.writer.node(
      name,
      depthwise ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D',
      [input, filter, bias, ...slopes],
      {
        strides: ints([1, ...strides, 1]),
        dilations: ints([1, ...dilations, 1]),
        data_format: text('NHWC'),
        ...paddingAttributes(paddingOf(from, [height, width], operation)),
        ...fusedAttributes(fused, 1 + slopes.length),
      },
    )
  }

  /** What is computed in one kernel with a convolution or a matrix. */
  #fused(name: string, activation: Activation | null): { fused: string[]; slopes: string[] } {
    switch (activation?.kind) {
      case undefined:
        return { fused: ['BiasAdd'], slopes: [] }
      case 'relu':
        return { fused: ['BiasAdd', 'Relu'], slopes: [] }
      case 'clip':
        return { fused: ['BiasAdd', 'Relu6'], slopes: [] }
      case 'prelu':
        return { fused: ['BiasAdd', 'Prelu'], slopes: [this.#vector(`${name}/slopes`, activation.slopes)] }
      case 'sigmoid':
        return { fused: ['BiasAdd', 'Sigmoid'], slopes: [] }
    }
  }

  #activate(name: string, input: string, activation: Activation): string {
    switch (activation.kind) {
      case 'relu':
        return this.writer.node(name, 'Relu', [input])
      case 'sigmoid':
        return this.writer.node(name, 'Sigmoid', [input])
      case 'prelu':
        return this.writer.node(name, 'Prelu', [input, this.#vector(`${name}/slopes`, activation.slopes)])
      case 'clip': {
        const bound = (which: string, value: number): string =>
          this.writer.weight(`${name}/${which}`, [], bytesOf(Float32Array.of(value)), { kind: 'float32' })
        return this.writer.node(name, 'ClipByValue', [
          input,
          bound('least', activation.least),
          bound('most', activation.most),
        ])
      }
    }
  }

  #vector(name: string, values: Float32Array): string {
    return this.#weights(name, [values.length], values, atLeastFloat16(this.#precision))
  }

  #weights(name: string, shape: readonly number[], values: Float32Array, precision: Precision): string {
    const { writer } = this
    if (precision === 'float32') return writer.weight(name, shape, bytesOf(values), { kind: 'float32' })
    if (precision === 'float16') {
      return writer.weight(name, shape, bytesOf(Float16Array.from(values)), { kind: 'float16' })
    }
    // One scale and offset an output channel; a loader that evaluates constants once pays for them once.
    const outputs = shape.at(-1) as number
    const { steps, scale, least } = toUint8(values, outputs)
    const raw = writer.weight(`${name}/steps`, shape, steps, { kind: 'uint8', scale: 1, min: 0 })
    const vector = (which: string, numbers: Float32Array): string =>
      writer.weight(`${name}/${which}`, [outputs], bytesOf(numbers), { kind: 'float32' })
    const scaled = writer.node(`${name}/scaled`, 'Mul', [raw, vector('scale', scale)])
    return writer.node(name, 'AddV2', [scaled, vector('least', least)])
  }
}

function atLeastFloat16(precision: Precision): Precision {
  return precision === 'uint8' ? 'float16' : precision
}

type GraphPadding = 'VALID' | 'SAME' | Padding

function paddingOf(
  [, height = 1, width = 1]: readonly number[],
  window: readonly [number, number],
  {
    padding,
    strides,
    dilations = [1, 1],
  }: {
    readonly padding: Padding
    readonly strides: readonly [number, number]
    readonly dilations?: readonly [number, number]
  },
): GraphPadding {
  if (padding.every((side) => side === 0)) return 'VALID'
  const same = samePadding([height, width], window, strides, dilations)
  return padding.every((side, i) => side === same[i]) ? 'SAME' : padding
}

function paddingAttributes(padding: GraphPadding): Record<string, Record<string, unknown>> {
  if (typeof padding === 'string') return { padding: text(padding), explicit_paddings: { list: {} } }
  const [top, bottom, left, right] = padding
  return { padding: text('EXPLICIT'), explicit_paddings: ints([0, 0, top, bottom, left, right, 0, 0]) }
}

function fusedAttributes(fused: readonly string[], inputs: number): Record<string, Record<string, unknown>> {
  return {
    fused_ops: { list: { s: fused.map((name) => Buffer.from(name).toString('base64')) } },
    num_args: { i: String(inputs) },
    epsilon: { f: 0 },
  }
}

/** A graph node's name may not hold a colon, which separates a node from the number of its output. */
function nodeName(name: string): string {
  return name.replaceAll(/[:;]/g, '_')
}

function bytesOf(values: Float32Array | Float16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
