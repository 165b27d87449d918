import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { ConvertError } from './convert-error.ts'
import type { Convolution, Dense, Network } from './network.ts'

/**
 * Shortens the vectors of a network to `dimensions` values: those along the directions in which its last matrix reaches
 * farthest, folded into the matrix. Computed from the weights alone; needs no pictures.
 *
 * @throws ConvertError where the network does not end in a matrix of more outputs than that.
 */
export function project(network: Network, dimensions: number): void {
  let last = network.layer(network.output)
  while (last.operation.kind === 'reshape') last = network.layer(last.inputs[0] as string)
  const { operation } = last
  if (!isMatrix(operation) || operation.activation !== null || operation.bias.length < dimensions) {
    throw new ConvertError(`the network does not end in a matrix of ${dimensions} outputs or more`)
  }
  const directions = principalDirections(operation, dimensions)
  const outputs = operation.bias.length
  const turned = (values: Float32Array): Float32Array => {
    const rows = Matrix.from1DArray(values.length / outputs, outputs, values)
    return Float32Array.from(rows.mmul(directions).to1DArray())
  }
  const bias = turned(operation.bias)
  if (operation.kind === 'dense') operation.weights = turned(operation.weights)
  else {
    const [height, width, inputs] = operation.filterShape
    operation.filter = turned(operation.filter)
    operation.filterShape = [height, width, inputs, dimensions]
  }
  operation.bias = bias
  for (const layer of network.layers) {
    if (layer.operation.kind === 'reshape' && layer.name === network.output) layer.operation.shape = [1, dimensions]
  }
  network.reshapeAll()
}

/** Columns: the eigenvectors of the largest eigenvalues of what the matrix makes of inputs of no direction. */
function principalDirections(operation: Convolution | Dense, dimensions: number): Matrix {
  const weights = operation.kind === 'dense' ? operation.weights : operation.filter
  const outputs = operation.bias.length
  const rows = Matrix.from1DArray(weights.length / outputs, outputs, weights)
  const spread = rows.transpose().mmul(rows)
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(spread, { assumeSymmetric: true })
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => (realEigenvalues[b] as number) - (realEigenvalues[a] as number))
  return eigenvectorMatrix.subMatrixColumn(order.slice(0, dimensions))
}

function isMatrix(operation: { kind: string }): operation is Convolution | Dense {
  return operation.kind === 'dense' || (operation.kind === 'convolution' && !(operation as Convolution).depthwise)
}
