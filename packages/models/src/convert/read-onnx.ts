import { ConvertError, unsupported } from './convert-error.ts'
import { channelsFirst, foldOnnx } from './fold-onnx.ts'
import { Network, size, type Activation, type Shape } from './network.ts'
import { integersOf, readOnnx, type OnnxModel, type OnnxNode, type OnnxTensor } from './onnx-file.ts'
import { windowOf } from './onnx-window.ts'

export interface ReadOnnxOptions {
  /** Rows and columns of the picture, for files that leave them open. */
  readonly input?: { readonly width: number; readonly height: number } | undefined
  /** The output that is the vector, where there are several. @default the only one */
  readonly output?: string | undefined
}

/**
 * The network of an ONNX file: one picture in, one row of values out. ONNX has channels before rows and columns; here
 * they are last.
 *
 * @throws ConvertError where it uses an operator that is not supported; the message says which and where.
 */
export function networkOfOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): Network {
  return new Reading(readOnnx(bytes), options).network
}

const supported = [
  ...['Add', 'AveragePool', 'BatchNormalization', 'Cast', 'Clip', 'Concat', 'Constant', 'Conv', 'Div', 'Dropout'],
  ...['Flatten', 'Gather', 'Gemm', 'GlobalAveragePool', 'Identity', 'LeakyRelu', 'LpNormalization', 'MatMul'],
  ...['MaxPool', 'Mul', 'Pad', 'PRelu', 'ReduceMean', 'Relu', 'Reshape', 'Shape', 'Sigmoid', 'Slice', 'Squeeze', 'Sub'],
  ...['Transpose', 'Unsqueeze'],
]

class Reading {
  readonly network: Network = new Network()
  readonly #constants: Map<string, OnnxTensor>
  /** The layer that computes a value. */
  readonly #layers: Map<string, string> = new Map()
  /** Channels before rows and columns in the file: values of rank four, and those of rank two that are flattened ones. */
  readonly #output: string

  constructor({ nodes, constants, inputs, outputs }: OnnxModel, { input: given, output }: ReadOnnxOptions) {
    this.#constants = new Map(constants)
    const [input, ...otherInputs] = inputs
    if (input === undefined || otherInputs.length > 0)
      throw new ConvertError(`expected one input, found ${inputs.length}`)
    const [, channels, height, width] = input.shape
    if (input.shape.length !== 4 || channels !== 3) {
      throw new ConvertError(
        `the input ${input.name} must be a picture of three channels before rows and columns; it is [${input.shape.join(', ')}]`,
      )
    }
    const picture: Shape = [1, given?.height ?? height ?? 0, given?.width ?? width ?? 0, 3]
    if (!picture.every((side) => side > 0))
      throw new ConvertError('the file leaves the size of its input open; give it in the manifest')
    this.#output = output ?? outputs[0] ?? ''
    if (!outputs.includes(this.#output) || (output === undefined && outputs.length > 1)) {
      throw new ConvertError(`name the output that is the vector; the file has ${outputs.join(', ')}`)
    }
    this.#layers.set(input.name, this.network.add(input.name, { kind: 'input' }, [], picture))
    for (const node of neededFor(this.#output, nodes)) this.#read(node)
    this.network.output = this.#value(this.#output, 'the output')
  }

  #read(node: OnnxNode): void {
    const [output = ''] = node.outputs
    const folded = foldOnnx(node, this.#constants, (value) => this.network.shape(this.#value(value, node.name)))
    if (folded !== null) this.#constants.set(output, folded)
    else this.#layers.set(output, this.#layer(node, output))
  }

  #layer(node: OnnxNode, name: string): string {
    const { kind, inputs, attributes } = node
    const { network } = this
    const [a = '', b = ''] = inputs
    const input = (): string => this.#value(a, name)
    const activate = (activation: Activation): string => network.add(name, { kind: 'activate', activation }, [input()])
    const channels = (): number => network.shape(input()).at(-1) as number
    switch (kind) {
      case 'Conv':
        return this.#convolution(node, name)
      case 'BatchNormalization': {
        const [scale, shift, mean, variance] = inputs.slice(1).map((one) => this.#constant(one, name).values)
        const epsilon = attributes.get('epsilon')?.number ?? 1e-5
        const gain = Float32Array.from(scale ?? [], (value, i) => value / Math.sqrt((variance?.[i] ?? 0) + epsilon))
        const offset = gain.map((value, i) => (shift?.[i] ?? 0) - value * (mean?.[i] ?? 0))
        return network.add(name, { kind: 'scale', scale: gain, offset }, [input()])
      }
      case 'Relu':
        return activate({ kind: 'relu' })
      case 'Sigmoid':
        return activate({ kind: 'sigmoid' })
      case 'PRelu':
        return activate({ kind: 'prelu', slopes: this.#perChannel(b, input(), name) })
      case 'LeakyRelu':
        return activate({
          kind: 'prelu',
          slopes: new Float32Array(channels()).fill(attributes.get('alpha')?.number ?? 0.01),
        })
      case 'Clip': {
        const bound = (position: number, attribute: string, open: number): number =>
          attributes.get(attribute)?.number ??
          (inputs[position] ? this.#constant(inputs[position], name).values[0] : undefined) ??
          open
        const least = bound(1, 'min', Number.NEGATIVE_INFINITY)
        const most = bound(2, 'max', Number.POSITIVE_INFINITY)
        return activate(
          least === 0 && most === Number.POSITIVE_INFINITY ? { kind: 'relu' } : { kind: 'clip', least, most },
        )
      }
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div':
        return this.#arithmetic(kind, name, a, b)
      case 'Gemm':
      case 'MatMul':
        return this.#dense(node, name)
      case 'GlobalAveragePool':
        return network.add(name, { kind: 'mean' }, [input()])
      case 'ReduceMean':
        return this.#mean(node, name)
      case 'AveragePool':
      case 'MaxPool': {
        const window = windowOf(node, integersOf(attributes.get('kernel_shape')), network.shape(input()), name)
        const take = kind === 'MaxPool' ? 'largest' : 'mean'
        const { strides, padding, size: filter } = window
        const isCounted = kind === 'AveragePool' && attributes.get('count_include_pad')?.number === 1
        if (isCounted && padding.some((side) => side > 0)) {
          const padded = network.add(`${name}/padded`, { kind: 'pad', padding }, [input()])
          return network.add(name, { kind: 'pool', take, size: filter, strides, padding: [0, 0, 0, 0] }, [padded])
        }
        return network.add(name, { kind: 'pool', take, size: filter, strides, padding }, [input()])
      }
      case 'Pad': {
        const pads = attributes.get('pads')?.integers ?? [...this.#constant(b, name).values]
        const [n0 = 0, c0 = 0, top = 0, left = 0, n1 = 0, c1 = 0, bottom = 0, right = 0] = pads
        const mode = attributes.get('mode')?.text ?? 'constant'
        if (pads.length !== 8 || n0 || c0 || n1 || c1 || mode !== 'constant')
          throw unsupported(`Pad of another kind`, name)
        return network.add(name, { kind: 'pad', padding: [top, bottom, left, right] }, [input()])
      }
      case 'Concat': {
        const shape = network.shape(input())
        const axis = ((attributes.get('axis')?.number ?? 0) + shape.length) % shape.length
        if (axis !== 1) throw unsupported(`Concat on axis ${axis}`, name)
        return network.add(
          name,
          { kind: 'concat' },
          inputs.map((one) => this.#value(one, name)),
        )
      }
      case 'Flatten':
      case 'Reshape':
      case 'Squeeze':
      case 'Unsqueeze':
        return this.#reshape(node, name)
      case 'Identity':
      case 'Dropout':
      case 'Cast':
        return input()
      case 'LpNormalization':
        // A template is scaled to length one in any case; elsewhere than at the end it would count.
        if (name !== this.#output) throw unsupported('LpNormalization before the end', name)
        return input()
      default:
        throw new ConvertError(
          `the operator ${kind} is not supported (at ${node.name}); supported are ${supported.join(', ')}`,
        )
    }
  }

  #convolution(node: OnnxNode, name: string): string {
    const { inputs, attributes } = node
    const value = this.#value(inputs[0] as string, name)
    const { shape, values } = this.#constant(inputs[1] as string, name)
    const [outer = 1, inner = 1, height = 1, width = 1] = shape
    const channels = this.network.shape(value).at(-1) as number
    const groups = attributes.get('group')?.number ?? 1
    const depthwise = groups > 1
    if (depthwise && (groups !== channels || inner !== 1))
      throw unsupported(`Conv in ${groups} groups of ${channels} channels`, name)
    const window = windowOf(node, [height, width], this.network.shape(value), name)
    const bias = inputs[2] ? Float32Array.from(this.#constant(inputs[2], name).values) : new Float32Array(outer)
    // OIHW to HWIO; of a depthwise filter (CM)1HW to HWCM.
    const filter = new Float32Array(values.length)
    const area = height * width
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        for (let place = 0; place < area; place++) {
          filter[(place * inner + i) * outer + o] = values[(o * inner + i) * area + place] as number
        }
      }
    }
    const { strides, dilations, padding } = window
    const filterShape = depthwise
      ? ([height, width, channels, outer / channels] as const)
      : ([height, width, inner, outer] as const)
    return this.network.add(
      name,
      { kind: 'convolution', filter, filterShape, bias, depthwise, strides, dilations, padding, activation: null },
      [value],
    )
  }

  #dense({ kind, inputs, attributes }: OnnxNode, name: string): string {
    const value = this.#value(inputs[0] as string, name)
    const { shape, values } = this.#constant(inputs[1] as string, name)
    const turned = attributes.get('transB')?.number === 1
    const [rows = 1, columns = 1] = turned ? shape.toReversed() : shape
    if (kind === 'Gemm' && attributes.get('transA')?.number === 1) throw unsupported('Gemm of a turned input', name)
    const alpha = attributes.get('alpha')?.number ?? 1
    const beta = attributes.get('beta')?.number ?? 1
    const weights = new Float32Array(values.length)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        weights[row * columns + column] =
          alpha * (values[turned ? column * rows + row : row * columns + column] as number)
      }
    }
    const given = inputs[2] ? this.#constant(inputs[2], name).values : undefined
    const bias = Float32Array.from(
      { length: columns },
      (_, i) => beta * ((given?.length === 1 ? given[0] : given?.[i]) ?? 0),
    )
    return this.network.add(name, { kind: 'dense', weights, bias, activation: null }, [value])
  }

  #arithmetic(kind: 'Add' | 'Sub' | 'Mul' | 'Div', name: string, a: string, b: string): string {
    const { network } = this
    const [constantA, constantB] = [this.#constants.has(a), this.#constants.has(b)]
    if (!constantA && !constantB) {
      if (kind === 'Div') throw unsupported('Div of two computed values', name)
      const operation = { Add: 'add', Sub: 'subtract', Mul: 'multiply' } as const
      return network.add(name, { kind: operation[kind] }, [this.#value(a, name), this.#value(b, name)])
    }
    if (kind === 'Div' && constantA) throw unsupported('Div of a constant', name)
    const value = this.#value(constantA ? b : a, name)
    const constant = this.#perChannel(constantA ? a : b, value, name)
    const all = (number: number): Float32Array => new Float32Array(constant.length).fill(number)
    const scaled = (scale: Float32Array, offset: Float32Array): string =>
      network.add(name, { kind: 'scale', scale, offset }, [value])
    if (kind === 'Mul') return scaled(constant, all(0))
    if (kind === 'Div')
      return scaled(
        constant.map((number) => 1 / number),
        all(0),
      )
    if (kind === 'Add') return scaled(all(1), constant)
    return constantA
      ? scaled(all(-1), constant)
      : scaled(
          all(1),
          constant.map((number) => -number),
        )
  }

  #mean({ inputs, attributes }: OnnxNode, name: string): string {
    const value = this.#value(inputs[0] as string, name)
    const axes = attributes.get('axes')?.integers ?? (inputs[1] ? [...this.#constant(inputs[1], name).values] : [])
    const places = axes.map((axis) => (axis + 4) % 4).sort()
    if (String(places) !== '2,3') throw unsupported(`ReduceMean over the axes ${axes.join(', ')}`, name)
    if ((attributes.get('keepdims')?.number ?? 1) === 1) return this.network.add(name, { kind: 'mean' }, [value])
    const mean = this.network.add(`${name}/mean`, { kind: 'mean' }, [value])
    return this.network.add(name, { kind: 'reshape', shape: [1, this.network.shape(mean).at(-1) as number] }, [mean])
  }

  /** To one row of values, in the order of the file: channels, rows, columns. */
  #reshape({ kind, inputs, attributes }: OnnxNode, name: string): string {
    const { network } = this
    const value = this.#value(inputs[0] as string, name)
    const shape = network.shape(value)
    if (kind === 'Reshape') {
      const wanted = [...this.#constant(inputs[1] as string, name).values]
      const count = size(shape)
      const flat = wanted.length === 2 && (wanted[1] === -1 || wanted[1] === count)
      const unchanged = String(wanted) === String(channelsFirst(shape))
      if (unchanged) return value
      if (!flat) throw unsupported(`Reshape to [${wanted.join(', ')}]`, name)
    } else if (kind === 'Flatten') {
      if ((attributes.get('axis')?.number ?? 1) !== 1) throw unsupported('Flatten on another axis than 1', name)
    } else if (shape.slice(1, -1).some((side) => side !== 1)) {
      throw unsupported(`${kind} of rows and columns`, name)
    }
    if (kind === 'Unsqueeze')
      return network.add(name, { kind: 'reshape', shape: [1, 1, 1, shape.at(-1) as number] }, [value])
    if (shape.length === 2) return value
    const [, height = 1, width = 1] = shape
    const ordered =
      height === 1 && width === 1
        ? value
        : network.add(`${name}/channels_first`, { kind: 'transpose', order: [0, 3, 1, 2] }, [value])
    return network.add(name, { kind: 'reshape', shape: [1, size(shape)] }, [ordered])
  }

  #perChannel(constant: string, value: string, name: string): Float32Array {
    const { shape, values } = this.#constant(constant, name)
    const rank = this.network.shape(value).length
    const channels = this.network.shape(value).at(-1) as number
    if (values.length === 1) return new Float32Array(channels).fill(values[0] as number)
    // [C, 1, 1] or [1, C, 1, 1] beside pictures, [C] or [1, C] beside rows.
    const fromEnd = rank === 4 ? 3 : 1
    if (values.length === channels && shape.at(-fromEnd) === channels) return Float32Array.from(values)
    throw unsupported(`a constant of the shape [${shape.join(', ')}] beside ${channels} channels`, name)
  }

  #value(name: string, where: string): string {
    const layer = this.#layers.get(name)
    if (layer === undefined) {
      throw this.#constants.has(name)
        ? unsupported(`the constant ${name} in the place of a computed value`, where)
        : new ConvertError(`${name} is read before it is computed (at ${where})`)
    }
    return layer
  }

  #constant(name: string, where: string): OnnxTensor {
    const constant = this.#constants.get(name)
    if (constant === undefined) throw unsupported(`the computed value ${name} in the place of a constant`, where)
    return constant
  }
}

/** The nodes that an output depends on, in their order: what else a file computes need not be supported. */
function neededFor(output: string, nodes: readonly OnnxNode[]): OnnxNode[] {
  const needed = new Set([output])
  const kept = nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((name) => needed.has(name))) return false
    for (const input of inputs) needed.add(input)
    return true
  })
  return kept.toReversed()
}
