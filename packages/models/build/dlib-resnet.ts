import {
  GraphModelWriter,
  ints,
  text,
  type GraphModelFiles,
  type WeightStorage,
} from '../src/convert/graph-model-writer.ts'

/** One entry of face-api's weights manifest: a uint8 tensor with the affine map back to float32, or plain float32. */
export interface ManifestWeight {
  name: string
  shape: number[]
  quantization?: { dtype: 'uint8'; scale: number; min: number }
}

const chipSize = 150
const dimensions = 128

/** The blocks after the stem, in order; `down` blocks halve the height and the width. */
const blocks = [
  ...['conv32_1', 'conv32_2', 'conv32_3'],
  ...['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ...['conv128_down', 'conv128_1', 'conv128_2'],
  ...['conv256_down', 'conv256_1', 'conv256_2'],
  'conv256_down_out',
]

/**
 * dlib's face recognition ResNet as a graph model: [1, 150, 150, 3], normalized, to [1, 128].
 *
 * Every convolution of dlib is followed by a scale (weights, biases). Folding the two into one kernel is exact, but
 * would turn 5.6 million uint8 weights into floats on the wire. So the graph multiplies the filters by the scale
 * itself, constants by constants: loaded as it is the graph is right, and a loader that evaluates constant
 * expressions once makes it fast.
 */
export function buildDlibResnet(
  manifest: readonly ManifestWeight[],
  bytes: Uint8Array,
  origin: string,
): GraphModelFiles {
  const network = new DlibResnet(manifest, bytes)
  const { writer } = network
  let x = writer.input('input', [-1, chipSize, chipSize, 3])
  x = network.convolution('conv32_down', x, { stride: 2, padding: 'VALID', relu: true })
  x = writer.node('pool', 'MaxPool', [x], pooling(3, 2))
  let size = Math.floor((Math.floor((chipSize - 7) / 2) + 1 - 3) / 2) + 1
  let channels = 32
  for (const block of blocks) {
    if (block.includes('down')) {
      const next = network.filters(`${block}/conv1`)
      const halved = Math.floor((size - 3) / 2) + 1
      x = network.downBlock(block, x, { pooled: Math.floor((size - 2) / 2) + 1, halved, channels, next })
      size = Math.max(halved, Math.floor((size - 2) / 2) + 1)
      channels = next
    } else {
      x = network.residualBlock(block, x)
    }
  }
  const axes = writer.int32('mean/axes', [2], [1, 2])
  x = writer.node('mean', 'Mean', [x, axes], { keep_dims: { b: false } })
  writer.node('embedding', 'MatMul', [x, network.weight('fc')], {
    transpose_a: { b: false },
    transpose_b: { b: false },
  })
  writer.output('embedding', [-1, dimensions])
  network.finish()
  return writer.files(origin)
}

class DlibResnet {
  readonly writer: GraphModelWriter = new GraphModelWriter()
  readonly #weights: Map<string, { weight: ManifestWeight; bytes: Uint8Array }> = new Map()
  readonly #used: Set<string> = new Set()

  constructor(manifest: readonly ManifestWeight[], bytes: Uint8Array) {
    let at = 0
    for (const weight of manifest) {
      const values = weight.shape.reduce((product, side) => product * side, 1)
      const length = values * (weight.quantization === undefined ? 4 : 1)
      this.#weights.set(weight.name, { weight, bytes: bytes.subarray(at, at + length) })
      at += length
    }
    if (at !== bytes.byteLength) {
      throw new Error(`the weights manifest describes ${at} bytes, the file has ${bytes.byteLength}`)
    }
  }

  filters(layer: string): number {
    return this.#find(`${layer}/conv/filters`).weight.shape[3] ?? 0
  }

  convolution(layer: string, input: string, options: { stride: number; padding: string; relu: boolean }): string {
    const filters = this.weight(`${layer}/conv/filters`)
    const scale = this.weight(`${layer}/scale/weights`)
    const filter = this.writer.node(`${layer}/filter`, 'Mul', [filters, scale])
    const scaledBias = this.writer.node(`${layer}/scaled_bias`, 'Mul', [this.weight(`${layer}/conv/bias`), scale])
    const bias = this.writer.node(`${layer}/bias`, 'AddV2', [scaledBias, this.weight(`${layer}/scale/biases`)])
    return this.writer.fusedConv2d(`${layer}/out`, input, filter, bias, {
      strides: [options.stride, options.stride],
      padding: options.padding,
      relu: options.relu,
    })
  }

  residualBlock(block: string, input: string): string {
    const first = this.convolution(`${block}/conv1`, input, { stride: 1, padding: 'SAME', relu: true })
    const second = this.convolution(`${block}/conv2`, first, { stride: 1, padding: 'SAME', relu: false })
    const sum = this.writer.node(`${block}/sum`, 'AddV2', [second, input])
    return this.writer.node(`${block}/relu`, 'Relu', [sum])
  }

  /** The second branch is a 2x2 average pool; the smaller side is zero-padded at its end, in space and in channels. */
  downBlock(
    block: string,
    input: string,
    sizes: { pooled: number; halved: number; channels: number; next: number },
  ): string {
    const first = this.convolution(`${block}/conv1`, input, { stride: 2, padding: 'VALID', relu: true })
    const second = this.convolution(`${block}/conv2`, first, { stride: 1, padding: 'SAME', relu: false })
    const pooled = this.writer.node(`${block}/pool`, 'AvgPool', [input], pooling(2, 2))
    const main = this.#padded(`${block}/conv_padded`, second, sizes.pooled - sizes.halved, 0)
    const side = this.#padded(`${block}/pool_padded`, pooled, sizes.halved - sizes.pooled, sizes.next - sizes.channels)
    const sum = this.writer.node(`${block}/sum`, 'AddV2', [main, side])
    return this.writer.node(`${block}/relu`, 'Relu', [sum])
  }

  weight(name: string): string {
    if (!this.#used.has(name)) {
      const { weight, bytes } = this.#find(name)
      const { quantization } = weight
      if (quantization === undefined) {
        // Eight filters come as float32. Half of that is still far finer than their neighbours' 8 bits.
        this.writer.weight(name, weight.shape, toFloat16(bytes), { kind: 'float16' })
      } else {
        const storage: WeightStorage = { kind: 'uint8', scale: quantization.scale, min: quantization.min }
        this.writer.weight(name, weight.shape, bytes, storage)
      }
      this.#used.add(name)
    }
    return name
  }

  finish(): void {
    const unused = [...this.#weights.keys()].filter((name) => !this.#used.has(name))
    if (unused.length > 0) throw new Error(`weights that no layer uses: ${unused.join(', ')}`)
  }

  #padded(name: string, input: string, space: number, channels: number): string {
    if (space <= 0 && channels <= 0) return input
    const end = Math.max(space, 0)
    const paddings = [0, 0, 0, end, 0, end, 0, Math.max(channels, 0)]
    return this.writer.node(name, 'Pad', [input, this.writer.int32(`${name}/paddings`, [4, 2], paddings)])
  }

  #find(name: string): { weight: ManifestWeight; bytes: Uint8Array } {
    const found = this.#weights.get(name)
    if (found === undefined) throw new Error(`the weights manifest has no ${name}`)
    return found
  }
}

function toFloat16(bytes: Uint8Array): Uint8Array {
  // A copy of their own: the bytes are a part of a larger buffer, and not where four of them must begin.
  const values = new Float32Array(new Uint8Array(bytes).buffer)
  return new Uint8Array(Float16Array.from(values).buffer)
}

function pooling(size: number, stride: number): Record<string, Record<string, unknown>> {
  return {
    ksize: ints([1, size, size, 1]),
    strides: ints([1, stride, stride, 1]),
    padding: text('VALID'),
    data_format: text('NHWC'),
  }
}
