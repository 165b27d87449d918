import protobuf from 'protobufjs/light.js'
import { ConvertError } from './convert-error.ts'

/** What of an ONNX file (onnx.proto) a network in float32 uses. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[]
  readonly constants: ReadonlyMap<string, OnnxTensor>
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[]
  readonly outputs: readonly string[]
}

export interface OnnxNode {
  readonly kind: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

export interface OnnxAttribute {
  readonly number: number
  readonly integers: readonly number[]
  readonly numbers: readonly number[]
  readonly text: string
  readonly tensor: OnnxTensor | null
}

export interface OnnxTensor {
  readonly shape: readonly number[]
  /** Integers of any width are whole numbers here. */
  readonly values: Float32Array | Float64Array
}

const field = (id: number, type: string, rule?: 'repeated'): { id: number; type: string; rule?: string } =>
  rule === undefined ? { id, type } : { id, type, rule }

/** The messages of onnx.proto that are read; their fields keep the numbers they have there. */
const { ModelProto } = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: field(1, 'int64'),
        graph: field(7, 'GraphProto'),
        opsetImport: field(8, 'OperatorSetIdProto', 'repeated'),
      },
    },
    OperatorSetIdProto: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    GraphProto: {
      fields: {
        node: field(1, 'NodeProto', 'repeated'),
        name: field(2, 'string'),
        initializer: field(5, 'TensorProto', 'repeated'),
        input: field(11, 'ValueInfoProto', 'repeated'),
        output: field(12, 'ValueInfoProto', 'repeated'),
      },
    },
    NodeProto: {
      fields: {
        input: field(1, 'string', 'repeated'),
        output: field(2, 'string', 'repeated'),
        name: field(3, 'string'),
        opType: field(4, 'string'),
        attribute: field(5, 'AttributeProto', 'repeated'),
      },
    },
    AttributeProto: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        s: field(4, 'bytes'),
        t: field(5, 'TensorProto'),
        floats: field(7, 'float', 'repeated'),
        ints: field(8, 'int64', 'repeated'),
        type: field(20, 'int32'),
      },
    },
    TensorProto: {
      fields: {
        dims: field(1, 'int64', 'repeated'),
        dataType: field(2, 'int32'),
        floatData: field(4, 'float', 'repeated'),
        int32Data: field(5, 'int32', 'repeated'),
        int64Data: field(7, 'int64', 'repeated'),
        name: field(8, 'string'),
        rawData: field(9, 'bytes'),
        doubleData: field(10, 'double', 'repeated'),
        dataLocation: field(14, 'int32'),
      },
    },
    ValueInfoProto: { fields: { name: field(1, 'string'), type: field(2, 'TypeProto') } },
    TypeProto: { fields: { tensorType: field(1, 'TensorType') } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'TensorShapeProto') } },
    TensorShapeProto: { fields: { dim: field(1, 'Dimension', 'repeated') } },
    Dimension: { fields: { dimValue: field(1, 'int64') } },
  },
}).nested as { ModelProto: protobuf.Type }

/** A whole file. */
export const onnxModel: protobuf.Type = ModelProto

interface RawTensor {
  dims: number[]
  dataType: number
  floatData: number[]
  int32Data: number[]
  int64Data: number[]
  doubleData: number[]
  name: string
  rawData: Uint8Array
  dataLocation: number
}

interface RawValue {
  name: string
  type: { tensorType: { shape: { dim: { dimValue: number }[] } | null } | null } | null
}

interface RawModel {
  graph: {
    node: {
      input: string[]
      output: string[]
      name: string
      opType: string
      attribute: {
        name: string
        f: number
        i: number
        s: Uint8Array
        t: RawTensor | null
        floats: number[]
        ints: number[]
      }[]
    }[]
    initializer: RawTensor[]
    input: RawValue[]
    output: RawValue[]
  } | null
}

/** @throws ConvertError where the bytes are not ONNX. */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  let graph: RawModel['graph']
  try {
    const options = { longs: Number, defaults: true, arrays: true }
    graph = (onnxModel.toObject(onnxModel.decode(bytes), options) as RawModel).graph
  } catch (cause) {
    throw new ConvertError('not an ONNX file: it is no message of onnx.proto', { cause })
  }
  if (graph === null || graph.node.length === 0) throw new ConvertError('not an ONNX file: it has no graph')
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensorOf(tensor)]))
  return {
    nodes: graph.node.map(({ input, output, name, opType, attribute }) => ({
      kind: opType,
      name: name === '' ? (output[0] ?? opType) : name,
      inputs: input,
      outputs: output,
      attributes: new Map(
        attribute.map(({ name: key, f, i, s, t, floats, ints }) => [
          key,
          {
            // One of the two is set; the other is zero.
            number: f === 0 ? i : f,
            integers: ints,
            numbers: floats,
            text: new TextDecoder().decode(s),
            tensor: t === null ? null : tensorOf(t),
          },
        ]),
      ),
    })),
    constants,
    inputs: graph.input
      .filter(({ name }) => !constants.has(name))
      .map(({ name, type }) => ({
        name,
        shape: type?.tensorType?.shape?.dim.map(({ dimValue }) => dimValue) ?? [],
      })),
    outputs: graph.output.map(({ name }) => name),
  }
}

function tensorOf(tensor: RawTensor): OnnxTensor {
  const { dims, name, dataLocation } = tensor
  if (dataLocation === 1)
    throw new ConvertError(`the weights of ${name} lie in another file; save the model as one file`)
  const values = valuesOf(tensor)
  const count = dims.reduce((product, side) => product * side, 1)
  if (values.length !== count)
    throw new ConvertError(`${name} has ${values.length} values where its shape says ${count}`)
  return { shape: dims, values }
}

/** By onnx.proto's DataType. */
function valuesOf({
  dataType,
  rawData,
  floatData,
  int32Data,
  int64Data,
  doubleData,
  name,
}: RawTensor): Float32Array | Float64Array {
  const raw = rawData.length > 0 ? new Uint8Array(rawData).buffer : null
  switch (dataType) {
    case 1:
      return raw === null ? Float32Array.from(floatData) : new Float32Array(raw)
    case 10:
      return Float32Array.from(new Float16Array(raw ?? Uint16Array.from(int32Data).buffer))
    case 11:
      return Float32Array.from(raw === null ? doubleData : new Float64Array(raw))
    case 6:
      return Float64Array.from(raw === null ? int32Data : new Int32Array(raw))
    case 7:
      return raw === null ? Float64Array.from(int64Data) : Float64Array.from(new BigInt64Array(raw), Number)
    default:
      throw new ConvertError(
        `the values of ${name} are of the type ${dataType} of onnx.proto's DataType, which is not supported`,
      )
  }
}

/** Of an attribute; none where it is left out. */
export function integersOf(attribute: OnnxAttribute | undefined): readonly number[] {
  return attribute?.integers ?? []
}
