import { ConvertError } from './convert-error.ts'
import { Network, samePadding, type Activation, type Padding } from './network.ts'

interface GraphNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Readonly<
    Record<
      string,
      {
        s?: string
        b?: boolean
        i?: string
        list?: { i?: string[]; s?: string[] }
        shape?: { dim: { size: string }[] }
      }
    >
  >
}

interface WeightSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number }
}

interface Constant {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/**
 * The network of a TensorFlow.js graph model, up to the node `output`: for models whose batch norms and clipped
 * activations were left as steps of their own.
 *
 * @throws ConvertError where it uses an operator that is not supported; the message says which and where.
 */
export function networkOfGraphModel(model: Uint8Array, weights: Uint8Array, output: string): Network {
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(model)) as {
    modelTopology: { node: GraphNode[] }
    weightsManifest: { weights: WeightSpec[] }[]
  }
  const constants = readWeights(
    weightsManifest.flatMap((group) => group.weights),
    weights,
  )
  const network = new Network()
  const nodes = new Map(modelTopology.node.map((node) => [node.name, node]))
  const read = (name: string): string => {
    if (network.has(name)) return name
    const node = nodes.get(name)
    if (node === undefined) throw new ConvertError(`the model has no node ${name}`)
    return readNode(network, node, constants, read)
  }
  network.output = read(output)
  return network
}

function readNode(
  network: Network,
  node: GraphNode,
  constants: ReadonlyMap<string, Constant>,
  read: (name: string) => string,
): string {
  const { name, op, attr = {} } = node
  const [a = '', b = ''] = node.input ?? []
  const constant = (input: string): Constant => {
    const found = constants.get(input)
    if (found === undefined) throw unsupported(`the computed ${input} in the place of a constant`, name)
    return found
  }
  const activate = (activation: Activation): string => network.add(name, { kind: 'activate', activation }, [read(a)])
  const vector = (input: string): Float32Array => {
    const channels = network.shape(read(a)).at(-1) as number
    const { values } = constant(input)
    if (values.length === 1) return new Float32Array(channels).fill(values[0] as number)
    if (values.length !== channels) throw unsupported(`${values.length} constants beside ${channels} channels`, name)
    return values
  }
  switch (op) {
    case 'Placeholder': {
      const [, ...sides] = attr['shape']?.shape?.dim.map(({ size }) => Number(size)) ?? []
      return network.add(name, { kind: 'input' }, [], [1, ...sides])
    }
    case 'Conv2D':
    case 'DepthwiseConv2dNative': {
      const depthwise = op === 'DepthwiseConv2dNative'
      const value = read(a)
      const { shape, values } = constant(b)
      const [height = 1, width = 1, inner = 1, outer = 1] = shape
      const [, down = 1, across = 1] = (attr['strides']?.list?.i ?? []).map(Number)
      const [, rows = 1, columns = 1] = network.shape(value)
      const mode = textOf(attr['padding']?.s)
      if (mode !== 'SAME' && mode !== 'VALID') throw unsupported(`the padding ${mode}`, name)
      const padding: Padding =
        mode === 'SAME' ? samePadding([rows, columns], [height, width], [down, across]) : [0, 0, 0, 0]
      const filterShape = [height, width, inner, outer] as const
      const bias = new Float32Array(depthwise ? inner * outer : outer)
      const strides = [down, across] as const
      return network.add(
        name,
        {
          kind: 'convolution',
          filter: values,
          filterShape,
          bias,
          depthwise,
          strides,
          dilations: [1, 1],
          padding,
          activation: null,
        },
        [value],
      )
    }
    case 'Add':
    case 'AddV2':
    case 'BiasAdd': {
      if (!constants.has(b)) return network.add(name, { kind: 'add' }, [read(a), read(b)])
      const offset = vector(b)
      return network.add(name, { kind: 'scale', scale: new Float32Array(offset.length).fill(1), offset }, [read(a)])
    }
    case 'Mul': {
      const scale = vector(b)
      return network.add(name, { kind: 'scale', scale, offset: new Float32Array(scale.length) }, [read(a)])
    }
    case 'Relu':
      return activate({ kind: 'relu' })
    case 'Relu6':
      return activate({ kind: 'clip', least: 0, most: 6 })
    case 'Minimum':
      return activate({ kind: 'clip', least: Number.NEGATIVE_INFINITY, most: constant(b).values[0] as number })
    case 'Maximum':
      return activate({ kind: 'clip', least: constant(b).values[0] as number, most: Number.POSITIVE_INFINITY })
    case 'Mean': {
      if (String([...constant(b).values]) !== '1,2') throw unsupported('a Mean of anything but rows and columns', name)
      if (attr['keep_dims']?.b === true) return network.add(name, { kind: 'mean' }, [read(a)])
      const mean = network.add(`${name}/mean`, { kind: 'mean' }, [read(a)])
      return network.add(name, { kind: 'reshape', shape: [1, network.shape(mean).at(-1) as number] }, [mean])
    }
    default:
      throw unsupported(`the operator ${op}`, name)
  }
}

function readWeights(specs: readonly WeightSpec[], bytes: Uint8Array): Map<string, Constant> {
  const constants = new Map<string, Constant>()
  let at = 0
  for (const { name, shape, dtype, quantization } of specs) {
    const count = shape.reduce((product, side) => product * side, 1)
    const width = quantization?.dtype === 'float16' ? 2 : quantization?.dtype === 'uint8' ? 1 : 4
    const raw = bytes.slice(at, at + count * width).buffer
    at += count * width
    const { scale = 1, min = 0 } = quantization ?? {}
    const values =
      width === 2
        ? Float32Array.from(new Float16Array(raw))
        : width === 1
          ? Float32Array.from(new Uint8Array(raw), (step) => step * scale + min)
          : dtype === 'int32'
            ? Float32Array.from(new Int32Array(raw))
            : new Float32Array(raw)
    constants.set(name, { shape, values })
  }
  if (at !== bytes.byteLength)
    throw new ConvertError(`the model describes ${at} bytes of weights, the file has ${bytes.byteLength}`)
  return constants
}

function textOf(base64: string | undefined): string {
  return base64 === undefined ? '' : Buffer.from(base64, 'base64').toString()
}

function unsupported(what: string, where: string): ConvertError {
  return new ConvertError(`${what} is not supported (at ${where})`)
}
