import { ConvertError } from './convert-error.ts'
import { Network, samePadding, type Activation, type Padding, type Shape } from './network.ts'
import { readTflite as readFile, type TfliteModel, type TfliteOperator, type TfliteTensor } from './tflite-file.ts'

/**
 * The network of a TFLite file: one picture in, one row of values out.
 *
 * @throws ConvertError where it uses an operator that is not supported; the message says which and where.
 */
export function networkOfTflite(bytes: Uint8Array): Network {
  return new Reading(readFile(bytes)).network
}

class Reading {
  readonly network: Network = new Network()
  readonly #model: TfliteModel
  /** The layer that computes a tensor. */
  readonly #layers: Map<number, string> = new Map()
  /** Constants that an operator made of others. */
  readonly #constants: Map<number, TfliteTensor> = new Map()

  constructor(model: TfliteModel) {
    this.#model = model
    if (model.inputs.length !== 1 || model.outputs.length !== 1) {
      throw new ConvertError(
        `expected one input and one output, found ${model.inputs.length} and ${model.outputs.length}`,
      )
    }
    const [input] = model.inputs as [number]
    this.#layers.set(
      input,
      this.network.add(this.#name(input), { kind: 'input' }, [], single(this.#tensor(input).shape)),
    )
    for (const operator of model.operators) this.#read(operator)
    this.network.output = this.#value(model.outputs[0])
  }

  #read({ kind, inputs, outputs, options }: TfliteOperator): void {
    const [output] = outputs as [number]
    const name = this.#name(output)
    const [a, b, c] = inputs
    if (kind === 'DEQUANTIZE') {
      this.#constants.set(output, this.#constant(a))
      return
    }
    const strides = [options.strideHeight ?? 1, options.strideWidth ?? 1] as const
    const dilations = [options.dilationHeight ?? 1, options.dilationWidth ?? 1] as const
    const window = (size: readonly [number, number]): Padding => {
      const [, height = 1, width = 1] = this.network.shape(this.#value(a))
      return options.padding === 'SAME' ? samePadding([height, width], size, strides, dilations) : [0, 0, 0, 0]
    }
    const add = this.network.add.bind(this.network)
    const { network } = this
    const layer = (): string => {
      switch (kind) {
        case 'CONV_2D':
        case 'DEPTHWISE_CONV_2D': {
          const { shape, values } = this.#floats(b)
          const [outer = 1, height = 1, width = 1, inner = 1] = shape
          const depthwise = kind === 'DEPTHWISE_CONV_2D'
          const multiplier = options.depthMultiplier ?? 1
          const bias = c === undefined || c < 0 ? new Float32Array(depthwise ? inner : outer) : this.#floats(c).values
          const common = { bias, strides, dilations, padding: window([height, width]), depthwise, activation: null }
          return depthwise
            ? // 1HW(CM) and HWCM are the same order.
              add(
                name,
                {
                  kind: 'convolution',
                  filter: values,
                  filterShape: [height, width, inner / multiplier, multiplier],
                  ...common,
                },
                [this.#value(a)],
              )
            : add(
                name,
                {
                  kind: 'convolution',
                  filter: outerLast(values, outer),
                  filterShape: [height, width, inner, outer],
                  ...common,
                },
                [this.#value(a)],
              )
        }
        case 'FULLY_CONNECTED': {
          const { shape, values } = this.#floats(b)
          const [outer = 1, inner = 1] = shape
          const bias = c === undefined || c < 0 ? new Float32Array(outer) : this.#floats(c).values
          const flat =
            network.shape(this.#value(a)).length === 2
              ? this.#value(a)
              : add(`${name}/flat`, { kind: 'reshape', shape: [1, inner] }, [this.#value(a)])
          return add(name, { kind: 'dense', weights: outerLast(values, outer), bias, activation: null }, [flat])
        }
        case 'ADD':
        case 'SUB':
        case 'MUL':
          return this.#arithmetic(name, kind, a as number, b as number)
        case 'ABS':
          return add(name, { kind: 'absolute' }, [this.#value(a)])
        case 'RELU':
          return add(name, { kind: 'activate', activation: { kind: 'relu' } }, [this.#value(a)])
        case 'RELU6':
          return add(name, { kind: 'activate', activation: { kind: 'clip', least: 0, most: 6 } }, [this.#value(a)])
        case 'LOGISTIC':
          return add(name, { kind: 'activate', activation: { kind: 'sigmoid' } }, [this.#value(a)])
        case 'LEAKY_RELU': {
          const channels = network.shape(this.#value(a)).at(-1) as number
          const slopes = new Float32Array(channels).fill(options.alpha ?? 0)
          return add(name, { kind: 'activate', activation: { kind: 'prelu', slopes } }, [this.#value(a)])
        }
        case 'PRELU': {
          const slopes = this.#perChannel(this.#floats(b), this.#value(a), name)
          return add(name, { kind: 'activate', activation: { kind: 'prelu', slopes } }, [this.#value(a)])
        }
        case 'AVERAGE_POOL_2D':
        case 'MAX_POOL_2D': {
          const size = [options.filterHeight ?? 1, options.filterWidth ?? 1] as const
          const take = kind === 'MAX_POOL_2D' ? 'largest' : 'mean'
          return add(name, { kind: 'pool', take, size, strides, padding: window(size) }, [this.#value(a)])
        }
        case 'MEAN': {
          const axes = [...this.#integers(b)].map((axis) => (axis + 4) % 4).sort()
          if (String(axes) !== '1,2') throw unsupported(`MEAN over the axes ${axes.join(', ')}`, name)
          const mean = add(options.keepDimensions ? name : `${name}/mean`, { kind: 'mean' }, [this.#value(a)])
          return options.keepDimensions ? mean : this.#reshaped(name, mean, output)
        }
        case 'PAD': {
          const pads = this.#integers(b)
          const [batchStart, batchEnd, top = 0, bottom = 0, left = 0, right = 0, before, after] = pads
          if (batchStart || batchEnd || before || after) throw unsupported('PAD of anything but rows and columns', name)
          return add(name, { kind: 'pad', padding: [top, bottom, left, right] }, [this.#value(a)])
        }
        case 'CONCATENATION': {
          const rank = network.shape(this.#value(a)).length
          if (((options.axis ?? 0) + rank) % rank !== rank - 1)
            throw unsupported(`CONCATENATION on axis ${options.axis}`, name)
          return add(
            name,
            { kind: 'concat' },
            inputs.map((input) => this.#value(input)),
          )
        }
        case 'RESHAPE':
        case 'SQUEEZE':
          return this.#reshaped(name, this.#value(a), output)
        case 'L2_NORMALIZATION':
          // A template is scaled to length one in any case; elsewhere than at the end it would count.
          if (this.#model.outputs[0] !== output) throw unsupported('L2_NORMALIZATION before the end', name)
          return this.#value(a)
      }
    }
    const made = layer()
    this.#layers.set(output, this.#activated(made, options.activation ?? 'none'))
  }

  #activated(layer: string, activation: 'none' | 'relu' | 'relu6'): string {
    if (activation === 'none') return layer
    const bounds: Activation = activation === 'relu' ? { kind: 'relu' } : { kind: 'clip', least: 0, most: 6 }
    return this.network.add(`${layer}/${activation}`, { kind: 'activate', activation: bounds }, [layer])
  }

  #arithmetic(name: string, kind: 'ADD' | 'SUB' | 'MUL', a: number, b: number): string {
    const [constantA, constantB] = [this.#isConstant(a), this.#isConstant(b)]
    if (!constantA && !constantB) {
      const operation = { ADD: 'add', SUB: 'subtract', MUL: 'multiply' } as const
      return this.network.add(name, { kind: operation[kind] }, [this.#value(a), this.#value(b)])
    }
    if (constantA && constantB) throw unsupported(`${kind} of two constants`, name)
    const value = this.#value(constantA ? b : a)
    const constant = this.#perChannel(this.#floats(constantA ? a : b), value, name)
    const fill = (number: number): Float32Array => new Float32Array(constant.length).fill(number)
    if (kind === 'MUL') return this.network.add(name, { kind: 'scale', scale: constant, offset: fill(0) }, [value])
    const negative = constant.map((number) => -number)
    const [scale, offset] = kind === 'ADD' ? [1, constant] : constantA ? [-1, constant] : [1, negative]
    return this.network.add(name, { kind: 'scale', scale: fill(scale), offset }, [value])
  }

  #reshaped(name: string, value: string, output: number): string {
    return this.network.add(name, { kind: 'reshape', shape: single(this.#tensor(output).shape) }, [value])
  }

  #perChannel({ shape, values }: { shape: Shape; values: Float32Array }, value: string, name: string): Float32Array {
    const channels = this.network.shape(value).at(-1) as number
    if (values.length === 1) return new Float32Array(channels).fill(values[0] as number)
    if (values.length === channels && shape.at(-1) === channels) return values
    throw unsupported(`a constant of the shape [${shape.join(', ')}] beside ${channels} channels`, name)
  }

  #value(index: number | undefined): string {
    const layer = index === undefined ? undefined : this.#layers.get(index)
    if (layer === undefined) throw new ConvertError(`${this.#name(index)} is read before it is computed`)
    return layer
  }

  #floats(index: number | undefined): { shape: Shape; values: Float32Array } {
    const { shape, type, data, name } = this.#constant(index)
    const bytes = new Uint8Array(data as Uint8Array).buffer
    if (type === 'float32') return { shape, values: new Float32Array(bytes) }
    if (type === 'float16') return { shape, values: Float32Array.from(new Float16Array(bytes)) }
    throw unsupported(`weights of the type ${type}`, name)
  }

  #integers(index: number | undefined): Int32Array {
    const { type, data, name } = this.#constant(index)
    if (type !== 'int32') throw unsupported(`numbers of the type ${type}`, name)
    return new Int32Array(new Uint8Array(data as Uint8Array).buffer)
  }

  #isConstant(index: number): boolean {
    return this.#constants.has(index) || this.#tensor(index).data !== null
  }

  #constant(index: number | undefined): TfliteTensor {
    const tensor = (index === undefined ? undefined : this.#constants.get(index)) ?? this.#tensor(index)
    if (tensor.data === null) throw unsupported('a computed tensor in the place of a constant', tensor.name)
    return tensor
  }

  #name(index: number | undefined): string {
    // A colon separates a node from the number of its output.
    return this.#tensor(index).name.replaceAll(/[:;]/g, '_')
  }

  #tensor(index: number | undefined): TfliteTensor {
    const tensor = index === undefined ? undefined : this.#model.tensors[index]
    if (tensor === undefined) throw new ConvertError(`an operator names tensor ${index}, which does not exist`)
    return tensor
  }
}

/** A batch of any size is read as a batch of one. */
function single(shape: Shape): Shape {
  return shape.length > 1 ? [1, ...shape.slice(1)] : shape
}

/** O... to ...O. */
function outerLast(values: Float32Array, outer: number): Float32Array {
  const inner = values.length / outer
  const turned = new Float32Array(values.length)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) turned[i * outer + o] = values[o * inner + i] as number
  }
  return turned
}

function unsupported(what: string, where: string): ConvertError {
  return new ConvertError(`${what} is not supported (at ${where})`)
}
