import { onnxModel } from '../../packages/models/src/convert/onnx-file.ts'

type Attribute = number | string | readonly number[]

const floatType = 1
const int64Type = 7

/** Writes small ONNX files. */
export class OnnxBuilder {
  readonly #nodes: object[] = []
  readonly #constants: object[] = []
  #made = 0

  constant(shape: readonly number[], values: ArrayLike<number>): string {
    const name = `constant${++this.#made}`
    const rawData = new Uint8Array(Float32Array.from(values).buffer)
    this.#constants.push({ name, dims: shape, dataType: floatType, rawData })
    return name
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = `integers${++this.#made}`
    this.#constants.push({ name, dims: shape, dataType: int64Type, int64Data: values })
    return name
  }

  node(opType: string, input: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = `${opType.toLowerCase()}${++this.#made}`
    this.#nodes.push({
      opType,
      name: output,
      input,
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
    })
    return output
  }

  /** @param shape Of the picture `input`: channels, rows, columns. */
  file(shape: readonly number[], output: string, opset: number = 13): Uint8Array {
    const tensor = (name: string, dims: readonly number[]): object => ({
      name,
      type: { tensorType: { elemType: floatType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
    })
    return onnxModel
      .encode(
        onnxModel.fromObject({
          irVersion: 8,
          opsetImport: [{ version: opset }],
          graph: {
            name: 'test',
            node: this.#nodes,
            initializer: this.#constants,
            input: [tensor('input', [1, ...shape])],
            output: [{ name: output, type: { tensorType: { elemType: floatType } } }],
          },
        }),
      )
      .finish()
  }
}

/** By onnx.proto's AttributeType. */
function attributeOf(name: string, value: Attribute): object {
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) }
  if (typeof value !== 'number') return { name, type: 7, ints: value }
  return Number.isInteger(value) ? { name, type: 2, i: value } : { name, type: 1, f: value }
}
