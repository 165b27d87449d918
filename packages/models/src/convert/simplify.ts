import { foldScales } from './fold-scales.ts'
import { mergeLinear } from './merge-linear.ts'
import type { Activation, Layer, Network } from './network.ts'
import { removeDeadChannels } from './remove-dead-channels.ts'

export interface Simplified {
  /** Channels that decided nothing. */
  readonly deadChannels: number
  /** Weights too small for a float of full precision, which some engines compute with ten times more slowly. */
  readonly denormals: number
}

/** The same network in fewer and larger steps: its answers stay what they are but for rounding. */
export function simplify(network: Network): Simplified {
  network.prune()
  const denormals = zeroDenormals(network)
  recognizePrelu(network)
  mergeBounds(network)
  mergePads(network)
  foldScales(network)
  mergeLinear(network)
  fuseActivations(network)
  zeroTinyFilters(network)
  const deadChannels = removeDeadChannels(network)
  return { deadChannels, denormals }
}

/** The least float32 with all its bits. */
const leastNormal = 2 ** -126

function zeroDenormals(network: Network): number {
  let found = 0
  for (const { operation } of network.layers) {
    for (const values of Object.values(operation)) {
      if (!(values instanceof Float32Array)) continue
      for (const [i, value] of values.entries()) {
        if (value === 0 || Math.abs(value) >= leastNormal) continue
        values[i] = 0
        found++
      }
    }
  }
  return found
}

/** A filter this much smaller than its layer's largest is what weight decay left of it. */
const tinyFilter = 1e-4

function zeroTinyFilters(network: Network): void {
  for (const { operation } of network.layers) {
    if (operation.kind !== 'convolution') continue
    const { filter } = operation
    const outputs = operation.bias.length
    const norms = new Float64Array(outputs)
    for (const [i, weight] of filter.entries()) norms[i % outputs] = (norms[i % outputs] as number) + weight * weight
    const largest = norms.reduce((a, b) => Math.max(a, b), 0)
    const limit = largest * tinyFilter ** 2
    for (let i = 0; i < filter.length; i++) if ((norms[i % outputs] as number) < limit) filter[i] = 0
  }
}

/** `relu(x) + c * (x - |x|)` is a PReLU with the slopes 2c, which older exports of TensorFlow wrote this way. */
function recognizePrelu(network: Network): void {
  for (const sum of network.layers.filter(({ operation }) => operation.kind === 'add')) {
    const [a, b] = sum.inputs.map((input) => network.layer(input)) as [Layer, Layer]
    const [rectified, scaled] = a.operation.kind === 'scale' ? [b, a] : [a, b]
    const { operation } = rectified
    const isRelu = operation.kind === 'activate' && operation.activation.kind === 'relu'
    if (!isRelu || scaled.operation.kind !== 'scale' || scaled.operation.offset.some((offset) => offset !== 0)) continue
    const difference = network.layer(scaled.inputs[0] as string)
    if (difference.operation.kind !== 'subtract') continue
    const [x, other] = difference.inputs as [string, string]
    const absolute = network.layer(other)
    if (absolute.operation.kind !== 'absolute' || absolute.inputs[0] !== x || rectified.inputs[0] !== x) continue
    const slopes = scaled.operation.scale.map((scale) => 2 * scale)
    sum.operation = { kind: 'activate', activation: { kind: 'prelu', slopes } }
    sum.inputs = [x]
  }
  network.prune()
}

/** Bounds one after the other are the narrower ones. */
function mergeBounds(network: Network): void {
  for (const layer of [...network.layers]) {
    const outer = boundsOf(layer)
    const before = layer.inputs[0] === undefined ? undefined : network.layer(layer.inputs[0])
    const inner = before === undefined ? null : boundsOf(before)
    if (outer === null || inner === null || before === undefined || network.readers(before.name).length > 1) continue
    const least = Math.max(inner.least, outer.least)
    const most = Math.min(inner.most, outer.most)
    layer.operation = {
      kind: 'activate',
      activation: least === 0 && most === Number.POSITIVE_INFINITY ? { kind: 'relu' } : { kind: 'clip', least, most },
    }
    network.bypass(before.name, before.inputs[0] as string)
  }
}

function boundsOf({ operation }: Layer): { least: number; most: number } | null {
  if (operation.kind !== 'activate') return null
  const { activation } = operation
  if (activation.kind === 'relu') return { least: 0, most: Number.POSITIVE_INFINITY }
  return activation.kind === 'clip' ? activation : null
}

/** Zeros around a picture are the convolution's own business. */
function mergePads(network: Network): void {
  for (const pad of network.layers.filter(({ operation }) => operation.kind === 'pad')) {
    const [reader, ...others] = network.readers(pad.name)
    if (pad.operation.kind !== 'pad' || reader?.operation.kind !== 'convolution' || others.length > 0) continue
    const [top, bottom, left, right] = pad.operation.padding
    const own = reader.operation.padding
    reader.operation = {
      ...reader.operation,
      padding: [own[0] + top, own[1] + bottom, own[2] + left, own[3] + right],
    }
    network.bypass(pad.name, pad.inputs[0] as string)
  }
}

/** What follows a convolution or a matrix, in one kernel with it. */
function fuseActivations(network: Network): void {
  for (const layer of [...network.layers]) {
    if (layer.operation.kind !== 'activate' || !isFusable(layer.operation.activation)) continue
    const before = network.layer(layer.inputs[0] as string)
    const { operation } = before
    if ((operation.kind !== 'convolution' && operation.kind !== 'dense') || operation.activation !== null) continue
    if (network.readers(before.name).length > 1 || network.output === before.name) continue
    operation.activation = layer.operation.activation
    network.bypass(layer.name, before.name)
  }
}

function isFusable(activation: Activation): boolean {
  return activation.kind !== 'clip' || (activation.least === 0 && activation.most === 6)
}
