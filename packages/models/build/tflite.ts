import { ByteBuffer } from 'flatbuffers'

/**
 * A reader for the part of the TFLite format (TensorFlow's `schema.fbs`) that the face models use:
 * one subgraph, float32 tensors, float16 constants behind DEQUANTIZE.
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
  type: 'float32' | 'float16' | 'int32'
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
  depthMultiplier?: number
  axis?: number
  activation?: 'none' | 'relu'
}

const operatorKinds = {
  0: 'ADD',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  17: 'MAX_POOL_2D',
  19: 'RELU',
  22: 'RESHAPE',
  34: 'PAD',
  54: 'PRELU',
} as const

type OperatorKind = (typeof operatorKinds)[keyof typeof operatorKinds]

const tensorTypes = { 0: 'float32', 1: 'float16', 2: 'int32' } as const

/** @throws Error where the bytes are not TFLite, or use an operator or a type this reader does not know. */
export function readTflite(bytes: Uint8Array): TfliteModel {
  if (String.fromCharCode(...bytes.subarray(4, 8)) !== 'TFL3') {
    throw new Error('not a TFLite file: the identifier TFL3 is missing at byte 4')
  }
  const buffer = new ByteBuffer(bytes)
  const model = new Table(buffer, buffer.readInt32(0))
  const codes = model.tables(1).map(operatorKind)
  const subgraphs = model.tables(2)
  const graph = subgraphs[0]
  if (graph === undefined || subgraphs.length !== 1) {
    throw new Error(`expected one subgraph, found ${subgraphs.length}`)
  }
  const buffers = model.tables(4)
  return {
    tensors: graph.tables(0).map((tensor) => readTensor(tensor, buffers)),
    inputs: graph.ints(1),
    outputs: graph.ints(2),
    operators: graph.tables(3).map((operator) => {
      const kind = codes[operator.uint32(0)]
      if (kind === undefined) throw new Error('an operator names a code that is not in the table')
      return {
        kind,
        inputs: operator.ints(1),
        outputs: operator.ints(2),
        options: readOptions(kind, operator.table(4)),
      }
    }),
  }
}

function operatorKind(code: Table): OperatorKind {
  // The byte of the first schema, or the later int32 where the code does not fit into it.
  const number = Math.max(code.int8(0), code.int32(3))
  const kind = operatorKinds[number as keyof typeof operatorKinds]
  if (kind === undefined) throw new Error(`TFLite operator ${number} is not supported`)
  return kind
}

function readTensor(tensor: Table, buffers: Table[]): TfliteTensor {
  const name = tensor.string(3)
  const type = tensorTypes[tensor.int8(1) as keyof typeof tensorTypes]
  if (type === undefined) throw new Error(`tensor ${name} has an unsupported type`)
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
      }
    case 'DEPTHWISE_CONV_2D':
      return {
        padding: padding(),
        strideWidth: table.int32(1),
        strideHeight: table.int32(2),
        depthMultiplier: table.int32(3),
        activation: activation(table.int8(4)),
      }
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
      return { activation: activation(table.int8(0)) }
    case 'CONCATENATION':
      return { axis: table.int32(0), activation: activation(table.int8(1)) }
    default:
      return {}
  }
}

function activation(code: number): 'none' | 'relu' {
  if (code === 0) return 'none'
  if (code === 1) return 'relu'
  throw new Error(`fused activation ${code} is not supported`)
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
    if (at === 0) return null
    const start = this.#buffer.__vector(at)
    return this.#buffer.bytes().subarray(start, start + this.#buffer.__vector_len(at))
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
