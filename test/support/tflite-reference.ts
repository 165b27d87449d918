import { readTflite, type TfliteTensor } from '../../packages/models/src/convert/tflite-file.ts'

interface Value {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/**
 * Runs a TFLite file of float32 weights with a batch of one, operator by operator, as its specification says: slow, and
 * sharing nothing with the converter but the reader of the file.
 */
export function runTflite(bytes: Uint8Array, picture: Float32Array): Float32Array {
  const model = readTflite(bytes)
  const values = new Map<number, Value>()
  const [input = 0] = model.inputs
  values.set(input, { shape: single((model.tensors[input] as TfliteTensor).shape), values: picture })
  const valueOf = (index: number): Value => {
    const known = values.get(index)
    if (known !== undefined) return known
    const { data, shape } = model.tensors[index] as TfliteTensor
    return { shape, values: new Float32Array(new Uint8Array(data as Uint8Array).buffer) }
  }
  for (const { kind, inputs, outputs, options } of model.operators) {
    const [output = 0] = outputs
    const shape = single((model.tensors[output] as TfliteTensor).shape)
    const [a, b, c] = inputs
      .slice(0, 3)
      .map((index) => (kind === 'RESHAPE' && index !== inputs[0] ? null : valueOf(index)))
    const x = a as Value
    const y = b as Value
    const each = (of: (one: number, other: number) => number): Float32Array => {
      const length = Math.max(x.values.length, y.values.length)
      return Float32Array.from({ length }, (_, i) =>
        of(x.values[i % x.values.length] as number, y.values[i % y.values.length] as number),
      )
    }
    const compute = (): Float32Array => {
      switch (kind) {
        case 'CONV_2D':
        case 'DEPTHWISE_CONV_2D':
          return convolve(x, y, c as Value, shape, {
            depthwise: kind === 'DEPTHWISE_CONV_2D',
            same: options.padding === 'SAME',
            strides: [options.strideHeight ?? 1, options.strideWidth ?? 1],
          })
        case 'RELU':
          return x.values.map((value) => Math.max(0, value))
        case 'ABS':
          return x.values.map(Math.abs)
        case 'ADD':
          return each((one, other) => one + other)
        case 'SUB':
          return each((one, other) => one - other)
        case 'MUL':
          return each((one, other) => one * other)
        case 'RESHAPE':
          return x.values
        default:
          throw new Error(`the reference does not know ${kind}`)
      }
    }
    values.set(output, { shape, values: compute() })
  }
  return valueOf(model.outputs[0] as number).values
}

function single(shape: readonly number[]): number[] {
  return [1, ...shape.slice(1)]
}

function convolve(
  { shape: [, rows = 1, columns = 1, channels = 1], values }: Value,
  filter: Value,
  bias: Value,
  [, height = 1, width = 1, outputs = 1]: readonly number[],
  { depthwise, same, strides }: { depthwise: boolean; same: boolean; strides: readonly [number, number] },
): Float32Array {
  const [, down = 1, across = 1] = filter.shape
  const before = (side: number, window: number, stride: number, count: number): number =>
    same ? Math.floor(Math.max(0, (count - 1) * stride + window - side) / 2) : 0
  const top = before(rows, down, strides[0], height)
  const left = before(columns, across, strides[1], width)
  const result = new Float32Array(height * width * outputs)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let output = 0; output < outputs; output++) {
        let sum = bias.values[output] as number
        for (let dy = 0; dy < down; dy++) {
          const y = row * strides[0] + dy - top
          if (y < 0 || y >= rows) continue
          for (let dx = 0; dx < across; dx++) {
            const x = column * strides[1] + dx - left
            if (x < 0 || x >= columns) continue
            const at = (y * columns + x) * channels
            if (depthwise) {
              sum += (values[at + output] as number) * (filter.values[(dy * across + dx) * outputs + output] as number)
              continue
            }
            const weights = ((output * down + dy) * across + dx) * channels
            for (let i = 0; i < channels; i++)
              sum += (values[at + i] as number) * (filter.values[weights + i] as number)
          }
        }
        result[(row * width + column) * outputs + output] = sum
      }
    }
  }
  return result
}
