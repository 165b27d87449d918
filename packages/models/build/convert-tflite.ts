import {
  GraphModelWriter,
  ints,
  text,
  type GraphModelFiles,
  type WeightStorage,
} from '../src/convert/graph-model-writer.ts'
import { readTflite, type TfliteModel, type TfliteOperator, type TfliteTensor } from '../src/convert/tflite-file.ts'

export interface ConvertOptions {
  origin: string
  /** Called when every operator is written: adds the outputs the reader of the model expects. */
  finish: (writer: GraphModelWriter, names: Map<string, string>) => void
  /** The input's shape, with -1 for sides that may vary. @default that of the file */
  inputShape?: readonly number[]
  /** Kinds of operators that are not taken over. @default none */
  leftOut?: readonly TfliteOperator['kind'][]
}

/** Turns a TFLite file into a TensorFlow.js graph model; float16 weights stay float16 in the file. */
export function convertTflite(bytes: Uint8Array, options: ConvertOptions): GraphModelFiles {
  const model = readTflite(bytes)
  const conversion = new Conversion(model, options.inputShape)
  for (const operator of model.operators) {
    if (options.leftOut?.includes(operator.kind) !== true) conversion.add(operator)
  }
  options.finish(conversion.writer, conversion.names)
  return conversion.writer.files(options.origin)
}

class Conversion {
  readonly writer: GraphModelWriter = new GraphModelWriter()
  /** The graph node that holds a TFLite tensor, by the tensor's name. */
  readonly names: Map<string, string> = new Map()
  readonly #model: TfliteModel
  readonly #constants: Map<number, TfliteTensor> = new Map()

  constructor(model: TfliteModel, inputShape?: readonly number[]) {
    this.#model = model
    for (const index of model.inputs) {
      const tensor = this.#tensor(index)
      this.names.set(tensor.name, this.writer.input(nodeName(tensor), inputShape ?? tensor.shape))
    }
  }

  add(operator: TfliteOperator): void {
    const { kind, options } = operator
    const output = this.#tensor(operator.outputs[0])
    if (kind === 'DEQUANTIZE') {
      // The float16 constant becomes a weight where it is used: tfjs widens it when it loads the file.
      const constant = this.#constant(operator.inputs[0])
      this.#constants.set(operator.outputs[0] as number, constant)
      return
    }
    const name = nodeName(output)
    this.names.set(output.name, this.#write(name, operator, output))
    if (options.activation === 'relu' && kind !== 'CONV_2D' && kind !== 'DEPTHWISE_CONV_2D') {
      this.names.set(output.name, this.writer.node(`${name}/relu`, 'Relu', [name]))
    }
  }

  #write(name: string, operator: TfliteOperator, output: TfliteTensor): string {
    const { options, inputs } = operator
    const strides = [options.strideHeight ?? 1, options.strideWidth ?? 1] as const
    const padding = options.padding ?? 'VALID'
    switch (operator.kind) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D': {
        const depthwise = operator.kind === 'DEPTHWISE_CONV_2D'
        return this.writer.fusedConv2d(
          name,
          this.#value(inputs[0]),
          this.#filter(`${name}/filter`, inputs[1], depthwise, options.depthMultiplier ?? 1),
          this.#weight(`${name}/bias`, inputs[2]),
          { strides, padding, depthwise, relu: options.activation === 'relu' },
        )
      }
      case 'ADD':
        return this.writer.node(name, 'AddV2', [this.#value(inputs[0]), this.#value(inputs[1])])
      case 'RELU':
        return this.writer.node(name, 'Relu', [this.#value(inputs[0])])
      case 'PRELU':
        return this.writer.node(name, 'Prelu', [this.#value(inputs[0]), this.#weight(`${name}/alpha`, inputs[1])])
      case 'PAD':
        return this.writer.node(name, 'Pad', [this.#value(inputs[0]), this.#weight(`${name}/paddings`, inputs[1])])
      case 'MAX_POOL_2D':
        return this.writer.node(name, 'MaxPool', [this.#value(inputs[0])], {
          ksize: ints([1, options.filterHeight ?? 1, options.filterWidth ?? 1, 1]),
          strides: ints([1, ...strides, 1]),
          padding: text(padding),
          data_format: text('NHWC'),
        })
      case 'RESHAPE': {
        const shape = this.writer.int32(`${name}/shape`, [output.shape.length], output.shape)
        return this.writer.node(name, 'Reshape', [this.#value(inputs[0]), shape])
      }
      case 'CONCATENATION': {
        const axis = this.writer.int32(`${name}/axis`, [], [options.axis ?? 0])
        const parts = inputs.map((input) => this.#value(input))
        return this.writer.node(name, 'ConcatV2', [...parts, axis], { N: { i: String(parts.length) } })
      }
      default:
        throw new Error(`${operator.kind} is not expected here`)
    }
  }

  #filter(name: string, index: number | undefined, depthwise: boolean, multiplier: number): string {
    const constant = this.#constant(index)
    const [a = 1, height = 1, width = 1, d = 1] = constant.shape
    if (depthwise) {
      // 1HW(CM) to HWCM: the same bytes in the same order under another shape.
      return this.writer.weight(name, [height, width, d / multiplier, multiplier], raw(constant), storage(constant))
    }
    // OHWI to HWIO.
    const source = raw(constant)
    const size = source.byteLength / (a * height * width * d)
    const target = new Uint8Array(source.byteLength)
    for (let o = 0; o < a; o++) {
      for (let position = 0; position < height * width; position++) {
        for (let i = 0; i < d; i++) {
          const from = ((o * height * width + position) * d + i) * size
          target.set(source.subarray(from, from + size), ((position * d + i) * a + o) * size)
        }
      }
    }
    return this.writer.weight(name, [height, width, d, a], target, storage(constant))
  }

  #weight(name: string, index: number | undefined): string {
    const constant = this.#constant(index)
    return this.writer.weight(name, constant.shape, raw(constant), storage(constant))
  }

  #value(index: number | undefined): string {
    const tensor = this.#tensor(index)
    const name = this.names.get(tensor.name)
    if (name === undefined) throw new Error(`tensor ${tensor.name} is used before it is made`)
    return name
  }

  #constant(index: number | undefined): TfliteTensor {
    const known = index === undefined ? undefined : this.#constants.get(index)
    const tensor = known ?? this.#tensor(index)
    if (tensor.data === null) throw new Error(`tensor ${tensor.name} was expected to be a constant`)
    return tensor
  }

  #tensor(index: number | undefined): TfliteTensor {
    const tensor = index === undefined ? undefined : this.#model.tensors[index]
    if (tensor === undefined) throw new Error(`an operator names tensor ${index}, which does not exist`)
    return tensor
  }
}

function raw(tensor: TfliteTensor): Uint8Array {
  if (tensor.data === null) throw new Error(`tensor ${tensor.name} has no data`)
  return tensor.data
}

function storage({ type, name }: TfliteTensor): WeightStorage {
  if (type === 'other') throw new Error(`tensor ${name} has an unsupported type`)
  return { kind: type }
}

/** A graph node's name may not hold a colon, which separates a node from the number of its output. */
function nodeName(tensor: TfliteTensor): string {
  return tensor.name.replaceAll(/[:;]/g, '_')
}
