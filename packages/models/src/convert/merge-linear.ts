import type { Convolution, Dense, Layer, Network } from './network.ts'

/** Two linear layers in a row are one, where that makes fewer weights: the second's matrix times the first's. */
export function mergeLinear(network: Network): void {
  for (const layer of [...network.layers]) {
    if (!network.has(layer.name) || network.output === layer.name) continue
    const [next, ...others] = network.readers(layer.name)
    if (next === undefined || others.length > 0) continue
    const first = matrixOf(layer)
    const second = matrixOf(next)
    if (first === null || second === null || first.operation.activation !== null || !isPointwise(second.operation))
      continue
    const { rows } = first
    const between = first.operation.bias.length
    const outputs = second.operation.bias.length
    if (rows * outputs > rows * between + between * outputs) continue
    const weights = product(first.weights, second.weights, rows, between, outputs)
    const shift = product(first.operation.bias, second.weights, 1, between, outputs)
    const bias = shift.map((value, i) => value + (second.operation.bias[i] as number))
    const { activation } = second.operation
    if (first.operation.kind === 'convolution') {
      const [height, width, inputs] = first.operation.filterShape
      next.operation = {
        ...first.operation,
        filter: weights,
        filterShape: [height, width, inputs, outputs],
        bias,
        activation,
      }
    } else {
      next.operation = { ...first.operation, weights, bias, activation }
    }
    next.inputs = layer.inputs
    network.prune()
  }
}

interface Matrix {
  readonly operation: Convolution | Dense
  readonly weights: Float32Array
  /** What one output sums over: window times channels. */
  readonly rows: number
}

function matrixOf({ operation }: Layer): Matrix | null {
  if (operation.kind === 'dense') {
    return { operation, weights: operation.weights, rows: operation.weights.length / operation.bias.length }
  }
  if (operation.kind !== 'convolution' || operation.depthwise) return null
  return { operation, weights: operation.filter, rows: operation.filter.length / operation.bias.length }
}

function isPointwise(operation: Convolution | Dense): boolean {
  if (operation.kind === 'dense') return true
  const [height, width] = operation.filterShape
  const { strides, padding } = operation
  return height === 1 && width === 1 && strides[0] === 1 && strides[1] === 1 && padding.every((side) => side === 0)
}

function product(a: Float32Array, b: Float32Array, rows: number, inner: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns)
  const line = new Float64Array(columns)
  for (let row = 0; row < rows; row++) {
    line.fill(0)
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k] as number
      if (factor === 0) continue
      for (let column = 0; column < columns; column++) {
        line[column] = (line[column] as number) + factor * (b[k * columns + column] as number)
      }
    }
    result.set(line, row * columns)
  }
  return result
}
