import { ConvertError } from './convert-error.ts'

/** Rows, columns and channels last, the batch first and always 1. */
export type Shape = readonly number[]

/** Top, bottom, left, right: what is added around a picture. */
export type Padding = readonly [top: number, bottom: number, left: number, right: number]

/** Slopes and bounds of what follows a layer, value by value; slopes one a channel. */
export type Activation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'clip'; readonly least: number; readonly most: number }
  | { readonly kind: 'prelu'; readonly slopes: Float32Array }
  | { readonly kind: 'sigmoid' }

export interface Convolution {
  readonly kind: 'convolution'
  /** Rows, columns, input channels, output channels; of a depthwise one rows, columns, channels, 1. */
  filter: Float32Array
  filterShape: readonly [height: number, width: number, inputs: number, outputs: number]
  /** One a channel of the output. */
  bias: Float32Array
  readonly depthwise: boolean
  readonly strides: readonly [down: number, across: number]
  readonly dilations: readonly [down: number, across: number]
  /** With zeros. */
  readonly padding: Padding
  activation: Activation | null
}

export interface Dense {
  readonly kind: 'dense'
  /** Inputs, outputs. */
  weights: Float32Array
  bias: Float32Array
  activation: Activation | null
}

export interface Pool {
  readonly kind: 'pool'
  readonly take: 'largest' | 'mean'
  readonly size: readonly [height: number, width: number]
  readonly strides: readonly [down: number, across: number]
  /** With nothing: a window at an edge takes what it covers. */
  readonly padding: Padding
}

export type Operation =
  | { readonly kind: 'input' }
  | Convolution
  | Dense
  /** x * scale + offset, one of each a channel. */
  | { readonly kind: 'scale'; scale: Float32Array; offset: Float32Array }
  | { readonly kind: 'activate'; activation: Activation }
  | { readonly kind: 'add' | 'subtract' | 'multiply' | 'absolute' }
  | Pool
  /** Over rows and columns; both stay, with length 1. */
  | { readonly kind: 'mean' }
  | { readonly kind: 'pad'; readonly padding: Padding }
  | { readonly kind: 'concat' }
  | { readonly kind: 'reshape'; shape: Shape }
  | { readonly kind: 'transpose'; readonly order: readonly number[] }

export interface Layer {
  readonly name: string
  operation: Operation
  inputs: string[]
  shape: Shape
}

/** A network between the file that it came in and the graph that it becomes. Layers stand after what they read. */
export class Network {
  layers: Layer[] = []
  output: string = ''
  readonly #byName: Map<string, Layer> = new Map()

  /** @throws ConvertError where the shapes of the inputs do not fit. */
  add(name: string, operation: Operation, inputs: readonly string[], shape?: Shape): string {
    if (this.#byName.has(name)) throw new ConvertError(`two layers are named ${name}`)
    const layer: Layer = { name, operation, inputs: [...inputs], shape: shape ?? [] }
    this.layers.push(layer)
    this.#byName.set(name, layer)
    if (shape === undefined) layer.shape = shapeOf(layer, (input) => this.shape(input))
    return name
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  layer(name: string): Layer {
    const layer = this.#byName.get(name)
    if (layer === undefined) throw new ConvertError(`${name} is read before it is computed`)
    return layer
  }

  shape(name: string): Shape {
    return this.layer(name).shape
  }

  /** The layers that read a layer's output. */
  readers(name: string): Layer[] {
    return this.layers.filter(({ inputs }) => inputs.includes(name))
  }

  /** Has every reader of a layer, and the output, read another one instead, and drops the layer. */
  bypass(name: string, instead: string): void {
    for (const reader of this.readers(name)) {
      reader.inputs = reader.inputs.map((input) => (input === name ? instead : input))
    }
    if (this.output === name) this.output = instead
    this.layers = this.layers.filter((layer) => layer.name !== name)
    this.#byName.delete(name)
  }

  /** Drops what the output does not need. */
  prune(): void {
    const needed = new Set([this.output])
    for (const { name, inputs } of this.layers.toReversed()) {
      if (needed.has(name)) for (const input of inputs) needed.add(input)
    }
    this.layers = this.layers.filter(({ name, operation }) => needed.has(name) || operation.kind === 'input')
    for (const name of this.#byName.keys()) {
      if (!this.layers.some((layer) => layer.name === name)) this.#byName.delete(name)
    }
  }

  /** Computes all shapes anew, after channels were removed. */
  reshapeAll(): void {
    for (const layer of this.layers) {
      if (layer.operation.kind !== 'input') layer.shape = shapeOf(layer, (input) => this.shape(input))
    }
  }
}

function shapeOf({ name, operation, inputs }: Layer, shape: (input: string) => Shape): Shape {
  const first = inputs.length === 0 ? [] : shape(inputs[0] as string)
  const [, height = 1, width = 1, channels = 1] = first
  const wrong = (what: string): ConvertError =>
    new ConvertError(
      `${name}: ${what} (its inputs are ${inputs.map((input) => `[${shape(input).join(', ')}]`).join(', ')})`,
    )
  switch (operation.kind) {
    case 'input':
      throw wrong('an input needs a shape')
    case 'convolution': {
      const [down, across, from, to] = operation.filterShape
      if (first.length !== 4 || channels !== from) throw wrong(`a convolution of ${from} channels does not fit`)
      const [rows, columns] = strided([height, width], [down, across], operation)
      return [1, rows, columns, operation.depthwise ? from * to : to]
    }
    case 'pool': {
      const [rows, columns] = strided([height, width], operation.size, { ...operation, dilations: [1, 1] })
      return [1, rows, columns, channels]
    }
    case 'dense': {
      const from = first.at(-1) as number
      if (first.length !== 2 || operation.weights.length !== from * operation.bias.length) {
        throw wrong('a matrix does not fit')
      }
      return [1, operation.bias.length]
    }
    case 'scale':
      if (operation.scale.length !== first.at(-1)) throw wrong(`${operation.scale.length} scales do not fit`)
      return first
    case 'activate':
    case 'absolute':
      return first
    case 'add':
    case 'subtract':
    case 'multiply':
      return inputs.map(shape).reduce((a, b) => {
        if (a.length !== b.length) throw wrong('operands of different ranks')
        return a.map((side, i) => {
          const other = b[i] as number
          if (side !== other && side !== 1 && other !== 1) throw wrong('operands of different shapes')
          return Math.max(side, other)
        })
      })
    case 'mean':
      if (first.length !== 4) throw wrong('a mean over rows and columns needs both')
      return [1, 1, 1, channels]
    case 'pad': {
      const [top, bottom, left, right] = operation.padding
      return [1, height + top + bottom, width + left + right, channels]
    }
    case 'concat':
      return [...first.slice(0, -1), inputs.reduce((sum, input) => sum + (shape(input).at(-1) as number), 0)]
    case 'reshape':
      if (size(operation.shape) !== size(first))
        throw wrong(`${size(first)} values do not become [${operation.shape.join(', ')}]`)
      return operation.shape
    case 'transpose':
      return operation.order.map((axis) => first[axis] as number)
  }
}

function strided(
  [height, width]: readonly [number, number],
  [down, across]: readonly [number, number],
  {
    padding: [top, bottom, left, right],
    strides,
    dilations,
  }: { padding: Padding; strides: readonly [number, number]; dilations: readonly [number, number] },
): [number, number] {
  return [
    Math.floor((height + top + bottom - (down - 1) * dilations[0] - 1) / strides[0]) + 1,
    Math.floor((width + left + right - (across - 1) * dilations[1] - 1) / strides[1]) + 1,
  ]
}

export function size(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1)
}

/** The padding that TensorFlow calls SAME: as many outputs as strides fit, the odd one at the end. */
export function samePadding(
  [height, width]: readonly [number, number],
  [down, across]: readonly [number, number],
  strides: readonly [number, number],
  dilations: readonly [number, number] = [1, 1],
): Padding {
  return [...bothEnds(height, down, strides[0], dilations[0]), ...bothEnds(width, across, strides[1], dilations[1])]
}

function bothEnds(side: number, filter: number, stride: number, dilation: number): [number, number] {
  const reach = (filter - 1) * dilation + 1
  const all = Math.max(0, (Math.ceil(side / stride) - 1) * stride + reach - side)
  return [Math.floor(all / 2), Math.ceil(all / 2)]
}
