import type { Convolution, Dense, Layer, Network } from './network.ts'

/** Folds batch norms and other constant scales into the convolutions and matrices before or after them, exactly. */
export function foldScales(network: Network): void {
  for (const layer of [...network.layers]) {
    if (layer.operation.kind !== 'scale') continue
    const { scale, offset } = layer.operation
    const before = network.layer(layer.inputs[0] as string)
    const alone = network.readers(before.name).length === 1 && network.output !== before.name
    if (alone && isWeighted(before) && before.operation.activation === null) {
      scaleOutputs(before.operation, scale, offset)
      network.bypass(layer.name, before.name)
    } else if (alone && before.operation.kind === 'scale') {
      const inner = before.operation
      layer.operation = {
        kind: 'scale',
        scale: scale.map((value, i) => value * (inner.scale[i] as number)),
        offset: offset.map((value, i) => value + (scale[i] as number) * (inner.offset[i] as number)),
      }
      network.bypass(before.name, before.inputs[0] as string)
    }
  }
  for (const layer of [...network.layers]) {
    if (layer.operation.kind !== 'scale' || network.output === layer.name) continue
    const { scale, offset } = layer.operation
    const [reader, ...others] = network.readers(layer.name)
    if (reader === undefined || others.length > 0 || !isWeighted(reader)) continue
    // Around a picture lie zeros, to which no offset is added.
    const padded = reader.operation.kind === 'convolution' && reader.operation.padding.some((side) => side > 0)
    if (padded && offset.some((value) => value !== 0)) continue
    scaleInputs(reader.operation, scale, offset)
    network.bypass(layer.name, layer.inputs[0] as string)
  }
}

function isWeighted(layer: Layer): layer is Layer & { operation: Convolution | Dense } {
  return layer.operation.kind === 'convolution' || layer.operation.kind === 'dense'
}

function scaleOutputs(operation: Convolution | Dense, scale: Float32Array, offset: Float32Array): void {
  const outputs = scale.length
  const scaled = (values: Float32Array): Float32Array =>
    values.map((value, i) => value * (scale[i % outputs] as number))
  if (operation.kind === 'convolution') operation.filter = scaled(operation.filter)
  else operation.weights = scaled(operation.weights)
  operation.bias = operation.bias.map((value, i) => value * (scale[i] as number) + (offset[i] as number))
}

function scaleInputs(operation: Convolution | Dense, scale: Float32Array, offset: Float32Array): void {
  const inputs = scale.length
  const outputs = operation.bias.length
  const depthwise = operation.kind === 'convolution' && operation.depthwise
  // The last two sides of the weights are inputs and outputs; of a depthwise filter channels and multiplier.
  const inner = depthwise ? outputs / inputs : outputs
  const weights = operation.kind === 'convolution' ? operation.filter : operation.weights
  const bias = Float64Array.from(operation.bias)
  const scaled = weights.map((value, i) => {
    const input = Math.floor(i / inner) % inputs
    const output = depthwise ? i % outputs : i % inner
    bias[output] = (bias[output] as number) + value * (offset[input] as number)
    return value * (scale[input] as number)
  })
  if (operation.kind === 'convolution') operation.filter = scaled
  else operation.weights = scaled
  operation.bias = Float32Array.from(bias)
}
