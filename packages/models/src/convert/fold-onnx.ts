import { unsupported } from './convert-error.ts'
import type { Shape } from './network.ts'
import type { OnnxNode, OnnxTensor } from './onnx-file.ts'

/**
 * The value of a node that depends on no picture, only on shapes and constants; `null` of any other.
 *
 * @param shapeOf Of a computed value, channels last.
 * @throws ConvertError where it does what is not supported
 */
export function foldOnnx(
  { kind, inputs, attributes, name }: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
  shapeOf: (value: string) => Shape,
): OnnxTensor | null {
  if (kind === 'Constant') {
    const tensor = attributes.get('value')?.tensor
    if (tensor !== null && tensor !== undefined) return tensor
    const list = attributes.get('value_ints')?.integers ?? attributes.get('value_floats')?.numbers
    if (list !== undefined) return integers(list)
    return integers([attributes.get('value_int')?.number ?? attributes.get('value_float')?.number ?? 0], [])
  }
  const [a = ''] = inputs
  if (kind === 'Shape') return integers(channelsFirst(shapeOf(a)))
  if (!inputs.every((input) => input === '' || constants.has(input))) return null
  const values = inputs.map((input) => constants.get(input)?.values ?? new Float64Array())
  const [first = new Float64Array(), second = new Float64Array()] = values
  switch (kind) {
    case 'Gather':
      return integers(
        [...second].map((at) => first.at(at) ?? 0),
        constants.get(inputs[1] as string)?.shape ?? [],
      )
    case 'Concat':
      return integers(values.flatMap((list) => [...list]))
    case 'Slice': {
      const [start = 0] = attributes.get('starts')?.integers ?? second
      const [end = 0] = attributes.get('ends')?.integers ?? values[2] ?? []
      return integers([...first.slice(start, end)])
    }
    case 'Unsqueeze':
    case 'Squeeze':
      return integers([...first], kind === 'Squeeze' && first.length === 1 ? [] : [first.length])
    case 'Cast':
    case 'Identity':
      return constants.get(a) ?? null
    case 'Mul':
    case 'Add':
    case 'Sub':
    case 'Div':
      throw unsupported(`${kind} of two constants`, name)
    default:
      return null
  }
}

/** The shape as ONNX has it. */
export function channelsFirst(shape: Shape): Shape {
  const [batch = 1, height = 1, width = 1, channels = 1] = shape
  return shape.length === 4 ? [batch, channels, height, width] : shape
}

function integers(list: readonly number[], shape: readonly number[] = [list.length]): OnnxTensor {
  return { shape, values: Float64Array.from(list) }
}
