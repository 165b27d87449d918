import { ByteBuffer } from 'flatbuffers'
import { ConvertError } from './convert-error.ts'

/**
 * What of the TFLite format (TensorFlow's `schema.fbs`) face networks use: one subgraph, float32 tensors, float16
 * constants behind DEQUANTIZE.
 */
export interface TfliteModel {
  tensors: TfliteTensor[]
  operators: TfliteOperator[]
  inputs: number[]
  outputs: number[]
}

export interface TfliteTensor {
  name: string
  shape: number[]
  type: 'float32' | 'float16' | 'int32' | 'other'
  /** The constant's raw little-endian bytes, or `null` where the tensor is computed. */
  data: Uint8Array | null
}

export interface TfliteOperator {
  kind: OperatorKind
  inputs: number[]
  outputs: number[]
  options: OperatorOptions
}

interface OperatorOptions {
  padding?: 'SAME' | 'VALID'
  strideHeight?: number
  strideWidth?: number
  filterHeight?: number
  filterWidth?: number
  dilationHeight?: number
  dilationWidth?: number
  depthMultiplier?: number
  axis?: number
  alpha?: number
  keepDimensions?: boolean
  activation?: 'none' | 'relu' | 'relu6'
}

const operatorKinds = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  9: 'FULLY_CONNECTED',
  11: 'L2_NORMALIZATION',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  21: 'RELU6',
  22: 'RESHAPE',
  34: 'PAD',
  40: 'MEAN',
  41: 'SUB',
  43: 'SQUEEZE',
  54: 'PRELU',
  98: 'LEAKY_RELU',
  101: 'ABS',
} as const

type OperatorKind = (typeof operatorKinds)[keyof typeof operatorKinds]

const tensorTypes = { 0: 'float32', 1: 'float16', 2: 'int32' } as const

/** @throws Error where the bytes are not TFLite, or use an operator or a type this reader does not know. */
export function readTflite(bytes: Uint8Array): TfliteModel {
  if (String.fromCharCode(...bytes.subarray(4, 8)) !== 'TFL3') {
    throw new ConvertError('not a TFLite file: the identifier TFL3 is missing at byte 4')
  }
  const buffer = new ByteBuffer(bytes)
  const model = new Table(buffer, buffer.readInt32(0))
  const codes = model.tables(1).map(operatorCode)
  const subgraphs = model.tables(2)
  const graph = subgraphs[0]
  if (graph === undefined || subgraphs.length !== 1) {
    throw new ConvertError(`expected one subgraph, found ${subgraphs.length}`)
  }
  const buffers = model.tables(4)
  const tensors = graph.tables(0).map((tensor) => readTensor(tensor, buffers))
  return {
    tensors,
    inputs: graph.ints(1),
    outputs: graph.ints(2),
    operators: graph.tables(3).map((operator) => {
      const code = codes[operator.uint32(0)]
      const kind = operatorKinds[code as keyof typeof operatorKinds] as OperatorKind | undefined
      if (kind === undefined) {
        const where = tensors[operator.ints(2)[0] ?? -1]?.name ?? 'its start'
        throw new ConvertError(
          `the operator ${code} of TFLite's list (BuiltinOperator) is not supported (at ${where}); supported are ${Object.values(operatorKinds).join(', ')}`,
        )
      }
      return {
        kind,
        inputs: operator.ints(1),
        outputs: operator.ints(2),
        options: readOptions(kind, operator.table(4)),
      }
    }),
  }
}

/** The byte of the first schema, or the later int32 where the code does not fit into it. */
function operatorCode(code: Table): number {
  return Math.max(code.int8(0), code.int32(3))
}

function readTensor(tensor: Table, buffers: Table[]): TfliteTensor {
  const name = tensor.string(3)
  const type = tensorTypes[tensor.int8(1) as keyof typeof tensorTypes] ?? 'other'
  const data = buffers[tensor.uint32(2)]?.bytes(0) ?? null
  return { name, shape: tensor.ints(0), type, data }
}

function readOptions(kind: OperatorKind, table: Table | null): OperatorOptions {
  if (table === null) return {}
  const padding = (): 'SAME' | 'VALID' => (table.int8(0) === 0 ? 'SAME' : 'VALID')
  switch (kind) {
    case 'CONV_2D':
      return {
        padding: padding(),
        strideWidth: table.int32(1),
        strideHeight: table.int32(2),
        activation: activation(table.int8(3)),
        dilationWidth: table.int32(4) || 1,
        dilationHeight: table.int32(5) || 1,
      }
    case 'DEPTHWISE_CONV_2D':
      return {
        padding: padding(),
        strideWidth: table.int32(1),
        strideHeight: table.int32(2),
        depthMultiplier: table.int32(3),
        activation: activation(table.int8(4)),
        dilationWidth: table.int32(5) || 1,
        dilationHeight: table.int32(6) || 1,
      }
    case 'AVERAGE_POOL_2D':
    case 'MAX_POOL_2D':
      return {
        padding: padding(),
        strideWidth: table.int32(1),
        strideHeight: table.int32(2),
        filterWidth: table.int32(3),
        filterHeight: table.int32(4),
        activation: activation(table.int8(5)),
      }
    case 'ADD':
    case 'SUB':
    case 'MUL':
    case 'FULLY_CONNECTED':
      return { activation: activation(table.int8(0)) }
    case 'MEAN':
      return { keepDimensions: table.int8(0) !== 0 }
    case 'LEAKY_RELU':
      return { alpha: table.float32(0) }
    case 'CONCATENATION':
      return { axis: table.int32(0), activation: activation(table.int8(1)) }
    default:
      return {}
  }
}

function activation(code: number): 'none' | 'relu' | 'relu6' {
  if (code === 0) return 'none'
  if (code === 1) return 'relu'
  if (code === 3) return 'relu6'
  throw new ConvertError(`fused activation ${code} is not supported`)
}

/** A FlatBuffers table: fields by the number they have in the schema. */
class Table {
  readonly #buffer: ByteBuffer
  readonly #position: number

  constructor(buffer: ByteBuffer, position: number) {
    this.#buffer = buffer
    this.#position = position
  }

  int8(field: number): number {
    const at = this.#at(field)
    return at === 0 ? 0 : this.#buffer.readInt8(at)
  }

  int32(field: number): number {
    const at = this.#at(field)
    return at === 0 ? 0 : this.#buffer.readInt32(at)
  }

  uint32(field: number): number {
    const at = this.#at(field)
    return at === 0 ? 0 : this.#buffer.readUint32(at)
  }

  float32(field: number): number {
    const at = this.#at(field)
    return at === 0 ? 0 : this.#buffer.readFloat32(at)
  }

  string(field: number): string {
    const at = this.#at(field)
    return at === 0 ? '' : (this.#buffer.__string(at) as string)
  }

  table(field: number): Table | null {
    const at = this.#at(field)
    return at === 0 ? null : new Table(this.#buffer, this.#buffer.__indirect(at))
  }

  tables(field: number): Table[] {
    return this.#vector(field, 4, (at) => new Table(this.#buffer, this.#buffer.__indirect(at)))
  }

  ints(field: number): number[] {
    return this.#vector(field, 4, (at) => this.#buffer.readInt32(at))
  }

  bytes(field: number): Uint8Array | null {
    const at = this.#at(field)
    const length = at === 0 ? 0 : this.#buffer.__vector_len(at)
    if (length === 0) return null
    const start = this.#buffer.__vector(at)
    return this.#buffer.bytes().subarray(start, start + length)
  }

  #vector<T>(field: number, size: number, read: (at: number) => T): T[] {
    const at = this.#at(field)
    if (at === 0) return []
    const start = this.#buffer.__vector(at)
    return Array.from({ length: this.#buffer.__vector_len(at) }, (_, i) => read(start + i * size))
  }

  /** The field's place in the buffer, 0 where the table leaves it out. */
  #at(field: number): number {
    const offset = this.#buffer.__offset(this.#position, 4 + field * 2)
    return offset === 0 ? 0 : this.#position + offset
  }
}
