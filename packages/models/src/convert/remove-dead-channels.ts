import type { Activation, Convolution, Dense, Layer, Network, Operation } from './network.ts'

/**
 * Removes channels that have no effect: all their readers weigh them with zero, or they hold the same value for every
 * picture, which then goes into the readers' biases. Training with weight decay leaves many of them.
 *
 * @returns how many were removed.
 */
export function removeDeadChannels(network: Network): number {
  let removed = 0
  for (;;) {
    const found = removeOnce(network)
    if (found === 0) return removed
    removed += found
    network.reshapeAll()
  }
}

/** Layers whose outputs have the same channels: what removes one channel removes it in all. */
interface Space {
  readonly members: Layer[]
  readonly readers: (Layer & { operation: Convolution | Dense })[]
}

function removeOnce(network: Network): number {
  let removed = 0
  const constants = constantChannels(network)
  for (const { members, readers } of spacesOf(network)) {
    if (readers.length === 0) continue
    const channels = (members[0] as Layer).shape.at(-1) as number
    const dead = Array.from({ length: channels }, (_, channel) => channel).filter((channel) =>
      readers.every((reader) => ignores(reader, channel, constants)),
    )
    // One stays, so that there is a layer.
    if (dead.length === channels) dead.pop()
    if (dead.length === 0) continue
    const kept = Array.from({ length: channels }, (_, channel) => channel).filter((channel) => !dead.includes(channel))
    for (const reader of readers) dropInputs(reader, channels, kept, dead, constants)
    for (const member of members) dropOutputs(member, channels, kept)
    removed += dead.length
    // The shapes of what follows are wrong now; the next round goes on.
    return removed
  }
  return removed
}

function spacesOf(network: Network): Space[] {
  const parent = new Map<string, string>()
  const root = (name: string): string => {
    const up = parent.get(name) ?? name
    return up === name ? name : root(up)
  }
  const frozen = new Set<string>()
  for (const { name, operation, inputs, shape } of network.layers) {
    parent.set(name, name)
    const channels = shape.at(-1)
    if (operation.kind === 'input' || name === network.output) frozen.add(name)
    if (isMixing(operation)) continue
    if (
      keepsChannels(
        operation,
        inputs.map((input) => network.shape(input).at(-1)),
        channels,
      )
    ) {
      for (const input of inputs) parent.set(root(input), root(name))
    } else {
      for (const input of [name, ...inputs]) frozen.add(input)
    }
  }
  const spaces = new Map<string, Space>()
  for (const layer of network.layers) {
    const key = root(layer.name)
    const space = spaces.get(key) ?? { members: [], readers: [] }
    space.members.push(layer)
    spaces.set(key, space)
  }
  for (const layer of network.layers) {
    if (isMixingLayer(layer)) spaces.get(root(layer.inputs[0] as string))?.readers.push(layer)
  }
  const frozenRoots = new Set([...frozen].map(root))
  return [...spaces].filter(([key]) => !frozenRoots.has(key)).map(([, space]) => space)
}

/** Each output is a sum over all input channels. */
function isMixing(operation: Operation): operation is Convolution | Dense {
  return operation.kind === 'dense' || (operation.kind === 'convolution' && !operation.depthwise)
}

function isMixingLayer(layer: Layer): layer is Layer & { operation: Convolution | Dense } {
  return isMixing(layer.operation)
}

function keepsChannels(operation: Operation, inputs: (number | undefined)[], channels: number | undefined): boolean {
  if (operation.kind === 'input' || operation.kind === 'concat' || operation.kind === 'transpose') return false
  return inputs.every((count) => count === channels)
}

/** For each layer the values of channels that hold the same one for every picture; NaN for the others. */
function constantChannels(network: Network): Map<string, Float64Array> {
  const known = new Map<string, Float64Array>()
  for (const { name, operation, inputs, shape } of network.layers) {
    const channels = shape.at(-1) as number
    const values = inputs.map((input) => known.get(input) as Float64Array)
    const of = (channel: number): number => constantOf(operation, channel, values)
    const same = inputs.every((input) => network.shape(input).at(-1) === channels)
    const readable = isMixing(operation) || (same && operation.kind !== 'transpose' && operation.kind !== 'concat')
    known.set(
      name,
      Float64Array.from({ length: channels }, (_, channel) =>
        operation.kind === 'input' || !readable ? Number.NaN : of(channel),
      ),
    )
  }
  return known
}

function constantOf(operation: Operation, channel: number, inputs: readonly Float64Array[]): number {
  const [a = Number.NaN, b = Number.NaN] = inputs.map((values) => values[channel] ?? Number.NaN)
  switch (operation.kind) {
    case 'convolution':
    case 'dense': {
      const weights = operation.kind === 'dense' ? operation.weights : operation.filter
      const bias = operation.bias[channel] as number
      const outputs = operation.bias.length
      let sum = 0
      for (let i = channel; i < weights.length; i += outputs) {
        if (weights[i] !== 0) {
          // Of zeros the borders make nothing else.
          if (operation.kind === 'dense' || !operation.depthwise) return Number.NaN
          if (a !== 0 && operation.padding.some((side) => side > 0)) return Number.NaN
        }
        sum += weights[i] as number
      }
      return activated(operation.activation, bias + (sum === 0 ? 0 : sum * a), channel)
    }
    case 'scale': {
      const scale = operation.scale[channel] as number
      return (scale === 0 ? 0 : a * scale) + (operation.offset[channel] as number)
    }
    case 'activate':
      return activated(operation.activation, a, channel)
    case 'absolute':
      return Math.abs(a)
    case 'add':
      return a + b
    case 'subtract':
      return a - b
    case 'multiply':
      return a === 0 || b === 0 ? 0 : a * b
    case 'pool':
    case 'mean':
    case 'reshape':
      return a
    case 'pad':
      return a === 0 ? 0 : Number.NaN
    default:
      return Number.NaN
  }
}

function activated(activation: Activation | null, value: number, channel: number): number {
  switch (activation?.kind) {
    case undefined:
      return value
    case 'relu':
      return Math.max(0, value)
    case 'clip':
      return Math.min(activation.most, Math.max(activation.least, value))
    case 'prelu':
      return value < 0 ? value * (activation.slopes[channel] as number) : value
    case 'sigmoid':
      return 1 / (1 + Math.exp(-value))
  }
}

function ignores(
  { operation, inputs }: Layer & { operation: Convolution | Dense },
  channel: number,
  constants: ReadonlyMap<string, Float64Array>,
): boolean {
  const constant = constants.get(inputs[0] as string)?.[channel] as number
  const padded = operation.kind === 'convolution' && operation.padding.some((side) => side > 0)
  if (constant === 0 || (!Number.isNaN(constant) && !padded)) return true
  return rowsOf(operation, channel).every((row) => row.every((weight) => weight === 0))
}

/** The weights of one input channel, for each place of the window. */
function rowsOf(operation: Convolution | Dense, channel: number): Float32Array[] {
  const outputs = operation.bias.length
  const weights = operation.kind === 'dense' ? operation.weights : operation.filter
  const inputs = operation.kind === 'dense' ? weights.length / outputs : operation.filterShape[2]
  const places = weights.length / inputs / outputs
  return Array.from({ length: places }, (_, place) => {
    const at = (place * inputs + channel) * outputs
    return weights.subarray(at, at + outputs)
  })
}

function dropInputs(
  { operation, inputs }: Layer & { operation: Convolution | Dense },
  channels: number,
  kept: readonly number[],
  dead: readonly number[],
  constants: ReadonlyMap<string, Float64Array>,
): void {
  const bias = Float64Array.from(operation.bias)
  for (const channel of dead) {
    const constant = constants.get(inputs[0] as string)?.[channel] as number
    if (Number.isNaN(constant) || constant === 0) continue
    for (const row of rowsOf(operation, channel)) {
      for (const [output, weight] of row.entries()) bias[output] = (bias[output] as number) + constant * weight
    }
  }
  operation.bias = Float32Array.from(bias)
  const outputs = bias.length
  if (operation.kind === 'dense') {
    operation.weights = selectRows(operation.weights, channels, outputs, kept)
  } else {
    const [height, width] = operation.filterShape
    operation.filter = selectRows(operation.filter, channels, outputs, kept)
    operation.filterShape = [height, width, kept.length, outputs]
  }
}

function dropOutputs({ operation }: Layer, channels: number, kept: readonly number[]): void {
  const select = (values: Float32Array): Float32Array => selectRows(values, channels, 1, kept)
  switch (operation.kind) {
    case 'convolution': {
      const [height, width, inputs] = operation.filterShape
      operation.filter = select(operation.filter)
      operation.bias = select(operation.bias)
      operation.filterShape = operation.depthwise
        ? [height, width, kept.length, 1]
        : [height, width, inputs, kept.length]
      operation.activation = selectActivation(operation.activation, select)
      return
    }
    case 'dense':
      operation.weights = select(operation.weights)
      operation.bias = select(operation.bias)
      operation.activation = selectActivation(operation.activation, select)
      return
    case 'scale':
      operation.scale = select(operation.scale)
      operation.offset = select(operation.offset)
      return
    case 'activate':
      operation.activation = selectActivation(operation.activation, select)
      return
    case 'reshape':
      operation.shape = [...operation.shape.slice(0, -1), kept.length]
      return
    default:
  }
}

function selectActivation<T extends Activation | null>(
  activation: T,
  select: (values: Float32Array) => Float32Array,
): T {
  return activation?.kind === 'prelu' ? { ...activation, slopes: select(activation.slopes) } : activation
}

/** Of values in rows of `channels` times `inner`, those of the channels that are kept. */
function selectRows(values: Float32Array, channels: number, inner: number, kept: readonly number[]): Float32Array {
  const rows = values.length / channels / inner
  const selected = new Float32Array(rows * kept.length * inner)
  let to = 0
  for (let row = 0; row < rows; row++) {
    for (const channel of kept) {
      const at = (row * channels + channel) * inner
      selected.set(values.subarray(at, at + inner), to)
      to += inner
    }
  }
  return selected
}
