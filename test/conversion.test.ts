import { createRecognizer } from '@visavis/core/tfjs'
import type { Recognizer } from '@visavis/core'
import { ConvertError, inputsOf, recipes, type Recipe } from '@visavis/models/convert'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { InferenceSession, Tensor, env } from 'onnxruntime-web'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadGraph } from '../packages/core/src/recognition/tfjs/graph-model.ts'
import type { Network } from '../packages/models/src/convert/network.ts'
import type { Precision } from '../packages/models/src/convert/precision.ts'
import { project } from '../packages/models/src/convert/project.ts'
import { networkOfOnnx } from '../packages/models/src/convert/read-onnx.ts'
import { simplify } from '../packages/models/src/convert/simplify.ts'
import { writeGraphModel } from '../packages/models/src/convert/write-graph-model.ts'
import { OnnxBuilder } from './support/onnx-builder.ts'
import { seededVectors } from './support/seeded-vectors.ts'
import { runTflite } from './support/tflite-reference.ts'

/** Where the packages that carry networks are development dependencies. */
const from = path.resolve(import.meta.dirname, '../packages/models')

let recognizer: Recognizer
beforeAll(async () => {
  // Starts TensorFlow.js's backend, in which the converted networks run.
  recognizer = await createRecognizer()
  env.wasm.numThreads = 1
})
afterAll(() => recognizer.close())

describe('a converted network', () => {
  it('of an ONNX file answers as onnxruntime does', async () => {
    const recipe = recipes['faceplugin-fr-feature']
    const [file] = (await inputsOf(recipe, { from })) as [Uint8Array]
    const picture = noise(3 * 112 * 112, 1)
    const expected = await runOnnx(file, picture, [1, 3, 112, 112])
    const network = recipe.read([file])
    const { deadChannels, denormals } = simplify(network)
    expect(deadChannels).toBeGreaterThan(1300)
    expect(denormals).toBeGreaterThan(8000)
    expect(difference(await run(network, toChannelsLast(picture, 3)), expected)).toBeLessThan(1e-4)
  })

  it('of a TFLite file answers as the operators of the file do one by one', async () => {
    const recipe = recipes.mobilefacenet
    const [file] = (await inputsOf(recipe, { from })) as [Uint8Array]
    const picture = noise(3 * 112 * 112, 2)
    const network = recipe.read([file])
    simplify(network)
    expect(difference(await run(network, picture), runTflite(file, picture))).toBeLessThan(1e-4)
  })

  it('of a graph with batch norms and bounds as steps of their own answers as that graph does', async () => {
    const recipe = recipes['hse-faceres']
    const [model, weights] = (await inputsOf(recipe, { from })) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]
    const picture = noise(3 * 224 * 224, 3).map((value) => value * 100)
    const whole = await loadGraph({ model, weights }, 'faceres')
    const expected = tf.tidy(() =>
      (whole.execute(tf.tensor4d(picture, [1, 224, 224, 3]), 'global_pooling/Mean') as tf.Tensor).dataSync(),
    )
    whole.dispose()
    const network = recipe.read([model, weights])
    simplify(network)
    expect(network.layers.filter(({ operation }) => operation.kind === 'scale')).toEqual([])
    expect(difference(await run(network, picture), expected as Float32Array)).toBeLessThan(1e-4)
  })

  it('in float16 and in uint8 answers nearly the same', async () => {
    for (const recipe of [recipes.mobilefacenet, recipes['faceplugin-fr-feature']] as Recipe[]) {
      const network = recipe.read(await inputsOf(recipe, { from }))
      simplify(network)
      const picture = noise(3 * 112 * 112, 4)
      const exact = await run(network, picture)
      expect(cosine(await run(network, picture, 'float16'), exact)).toBeGreaterThan(0.9999)
      expect(cosine(await run(network, picture, 'uint8'), exact)).toBeGreaterThan(0.99)
    }
  })

  it('shortened to the directions of its last matrix keeps how alike vectors are', async () => {
    const recipe = recipes['faceplugin-fr-feature']
    const inputs = await inputsOf(recipe, { from })
    const [whole, short] = [recipe.read(inputs), recipe.read(inputs)]
    for (const network of [whole, short]) simplify(network)
    project(short, 192)
    expect(short.shape(short.output)).toEqual([1, 192])
    const pictures = [5, 6, 7].map((seed) => noise(3 * 112 * 112, seed))
    const long = await runAll(whole, pictures)
    const projected = await runAll(short, pictures)
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const expected = cosine(long[i] as Float32Array, long[j] as Float32Array)
      expect(cosine(projected[i] as Float32Array, projected[j] as Float32Array)).toBeCloseTo(expected, 1)
    }
  })
})

describe('ONNX networks of the usual operators', () => {
  it('are converted to what onnxruntime computes', async () => {
    const shapes = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      channels: fc.integer({ min: 1, max: 9 }),
      kernel: fc.constantFrom(1, 3, 5),
      stride: fc.constantFrom(1, 2),
      pads: fc.tuple(...[0, 0, 0, 0].map(() => fc.integer({ min: 0, max: 2 }))),
      activation: fc.constantFrom('Relu', 'PRelu', 'LeakyRelu', 'Clip', 'Sigmoid', 'none'),
      head: fc.constantFrom('flatten', 'shape', 'pool', 'reduce', 'global', 'reshape'),
      block: fc.constantFrom(
        'normFirst',
        'depthwise',
        'squeeze',
        'maxpool',
        'averagepool',
        'countedpool',
        'concat',
        'pad',
      ),
    })
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const file = smallNetwork(shape)
        const picture = noise(3 * 12 * 11, shape.seed)
        const expected = await runOnnx(file, picture, [1, 3, 12, 11])
        const network = networkOfOnnx(file)
        simplify(network)
        expect(difference(await run(network, toChannelsLast(picture, 3)), expected)).toBeLessThan(1e-4)
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  it('name an operator that is not supported, and where it stands', () => {
    const builder = new OnnxBuilder()
    const file = builder.file([3, 8, 8], builder.node('Softmax', ['input'], { axis: 1 }))
    expect(() => networkOfOnnx(file)).toThrow(ConvertError)
    expect(() => networkOfOnnx(file)).toThrow(/Softmax is not supported \(at softmax1\); supported are Add, /)
  })

  it('are not taken from what is no ONNX file', () => {
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(1, 2, 3),
      new TextEncoder().encode('{"format":"graph-model"}'),
    ]) {
      expect(() => networkOfOnnx(bytes)).toThrow(ConvertError)
    }
  })
})

interface SmallNetwork {
  readonly seed: number
  readonly channels: number
  readonly kernel: number
  readonly stride: number
  readonly pads: readonly number[]
  readonly activation: string
  readonly head: string
  readonly block: string
}

function smallNetwork({ seed, channels, kernel, stride, pads, activation, head, block }: SmallNetwork): Uint8Array {
  const builder = new OnnxBuilder()
  let made = seed
  const random = (...shape: number[]): string =>
    builder.constant(
      shape,
      noise(
        shape.reduce((product, side) => product * side, 1),
        ++made,
      ),
    )
  const positive = (...shape: number[]): string =>
    builder.constant(
      shape,
      noise(
        shape.reduce((product, side) => product * side, 1),
        ++made,
      ).map((value) => value * value + 0.1),
    )
  const norm = (x: string): string =>
    builder.node('BatchNormalization', [x, random(channels), random(channels), random(channels), positive(channels)])
  const activate = (x: string): string => {
    if (activation === 'none') return x
    if (activation === 'PRelu') return builder.node('PRelu', [x, random(channels, 1, 1)])
    if (activation === 'LeakyRelu') return builder.node('LeakyRelu', [x], { alpha: 0.2 })
    if (activation === 'Clip') return builder.node('Clip', [x, builder.constant([], [0]), builder.constant([], [6])])
    return builder.node(activation, [x])
  }
  const scaled = builder.node('Mul', [
    builder.node('Sub', ['input', builder.constant([1], [0.1])]),
    builder.constant([], [0.7]),
  ])
  const first = builder.node('Conv', [scaled, random(channels, 3, kernel, kernel), random(channels)], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads,
  })
  let x = activate(norm(first))
  const same = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }
  switch (block) {
    case 'normFirst':
      // As in ArcFace's residual networks: the norm before a padded convolution.
      x = builder.node('Add', [x, builder.node('Conv', [norm(x), random(channels, channels, 3, 3)], same)])
      break
    case 'depthwise':
      x = builder.node('Conv', [x, random(channels, 1, 3, 3)], { ...same, group: channels })
      x = builder.node('Conv', [x, random(channels, channels, 1, 1), random(channels)], { kernel_shape: [1, 1] })
      break
    case 'squeeze':
      x = builder.node('Mul', [
        x,
        builder.node('Sigmoid', [
          builder.node('Conv', [builder.node('GlobalAveragePool', [x]), random(channels, channels, 1, 1)], {
            kernel_shape: [1, 1],
          }),
        ]),
      ])
      break
    case 'maxpool':
      x = builder.node('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
      break
    case 'countedpool':
      x = builder.node('AveragePool', [x], { kernel_shape: [3, 3], pads: [1, 0, 1, 2], count_include_pad: 1 })
      break
    case 'averagepool':
      x = builder.node('AveragePool', [x], { kernel_shape: [2, 2], strides: [1, 1] })
      break
    case 'concat':
      x = builder.node('Concat', [x, norm(x)], { axis: 1 })
      x = builder.node('Conv', [x, random(channels, channels * 2, 1, 1)], { kernel_shape: [1, 1] })
      break
    case 'pad':
      x = builder.node('Pad', [x, builder.integers([0, 0, 1, 0, 0, 0, 0, 2])])
      x = builder.node('Conv', [x, random(channels, channels, 3, 3)], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })
      break
    default:
  }
  const size = sizeAfter({ kernel, stride, pads, block })
  const features = channels * (head === 'flatten' || head === 'shape' || head === 'reshape' ? size[0] * size[1] : 1)
  x = flat(builder, x, head, features)
  const dense = builder.node('Gemm', [x, random(7, features), random(7)], { transB: 1 })
  return builder.file([3, 12, 11], dense)
}

/** The ways that exporters write it. */
function flat(builder: OnnxBuilder, x: string, head: string, features: number): string {
  switch (head) {
    case 'shape': {
      const batch = builder.node('Gather', [builder.node('Shape', [x]), builder.integers([0], [])], { axis: 0 })
      const shape = [builder.node('Unsqueeze', [batch, builder.integers([0])]), builder.integers([-1])]
      return builder.node('Reshape', [x, builder.node('Concat', shape, { axis: 0 })])
    }
    case 'pool':
      return builder.node('Flatten', [builder.node('GlobalAveragePool', [x])])
    case 'global':
      return builder.node('Squeeze', [builder.node('GlobalAveragePool', [x]), builder.integers([2, 3])])
    case 'reduce':
      return builder.node('ReduceMean', [x], { axes: [2, 3], keepdims: 0 })
    case 'reshape':
      return builder.node('Reshape', [x, builder.integers([1, features])])
    default:
      return builder.node('Flatten', [x], { axis: 1 })
  }
}

function sizeAfter({
  kernel,
  stride,
  pads,
  block,
}: Pick<SmallNetwork, 'kernel' | 'stride' | 'pads' | 'block'>): [number, number] {
  const [top = 0, left = 0, bottom = 0, right = 0] = pads
  const rows = Math.floor((12 + top + bottom - kernel) / stride) + 1
  const columns = Math.floor((11 + left + right - kernel) / stride) + 1
  if (block === 'maxpool') return [Math.floor((rows - 1) / 2) + 1, Math.floor((columns - 1) / 2) + 1]
  if (block === 'countedpool') return [rows, columns]
  if (block === 'averagepool') return [rows - 1, columns - 1]
  if (block === 'pad') return [rows + 1, columns + 2]
  return [rows, columns]
}

async function runOnnx(file: Uint8Array, picture: Float32Array, shape: readonly number[]): Promise<Float32Array> {
  const session = await InferenceSession.create(file)
  const [input = ''] = session.inputNames
  const [output = ''] = session.outputNames
  const results = await session.run({ [input]: new Tensor('float32', picture, shape) })
  await session.release()
  return results[output]?.data as Float32Array
}

async function run(network: Network, picture: Float32Array, precision: Precision = 'float32'): Promise<Float32Array> {
  const [answer] = await runAll(network, [picture], precision)
  return answer as Float32Array
}

async function runAll(
  network: Network,
  pictures: readonly Float32Array[],
  precision: Precision = 'float32',
): Promise<Float32Array[]> {
  const { model, weights } = writeGraphModel(network, { precision, origin: 'a test', weightsName: 'test.bin' })
  const graph = await loadGraph({ model, weights: new Uint8Array(weights) }, 'test')
  const shape = network.layers[0]?.shape as [number, number, number, number]
  const answers = pictures.map((picture) =>
    tf.tidy(() => Float32Array.from((graph.execute(tf.tensor4d(picture, shape)) as tf.Tensor).dataSync())),
  )
  graph.dispose()
  return answers
}

function noise(count: number, seed: number): Float32Array {
  return seededVectors(1, count, seed)[0] as Float32Array
}

function toChannelsLast(picture: Float32Array, channels: number): Float32Array {
  const area = picture.length / channels
  return Float32Array.from(picture, (_, i) => picture[(i % channels) * area + Math.floor(i / channels)] as number)
}

/** The largest difference, over the largest value where that is above one. */
function difference(values: Float32Array, expected: Float32Array): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY
  const scale = Math.max(1, ...expected.map(Math.abs))
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0) / scale
}

function cosine(a: Float32Array, b: Float32Array): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
}
