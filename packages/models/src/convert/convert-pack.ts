import type { EmbedderManifest, EmbeddingNetwork, ModelPack } from '../manifest.ts'
import { mobileFaceNetCalibration } from '../mobilefacenet-calibration.ts'
import { ConvertError } from './convert-error.ts'
import type { Network } from './network.ts'
import { describeFile } from './pack-folder.ts'
import type { Precision } from './precision.ts'
import { project } from './project.ts'
import { networkOfOnnx } from './read-onnx.ts'
import { networkOfTflite } from './read-tflite.ts'
import { simplify, type Simplified } from './simplify.ts'
import { writeGraphModel } from './write-graph-model.ts'

/** What is to be said of a network beside its file, in JSON. */
export interface NetworkDescription
  extends
    Pick<EmbeddingNetwork, 'id' | 'input' | 'template' | 'normalization' | 'licence' | 'origin'>,
    Partial<Pick<EmbedderManifest, 'calibration'>>,
    Partial<Pick<ModelPack, 'plans' | 'card'>> {
  /** Shortens the vector to the directions in which the last matrix reaches farthest. @default as the file makes it */
  readonly dimensions?: number
  /** The output that is the vector, where an ONNX file has several. */
  readonly output?: string
}

export interface ConvertedPack extends Simplified {
  readonly pack: ModelPack
  /** By name: `pack.json`, and the network's two. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Whether the scale is one of another network, for want of a calibration. */
  readonly borrowedScale: boolean
}

/**
 * A pack of one network from an ONNX or TFLite file: one picture in, one row of values out.
 *
 * @throws ConvertError `unsupported` where the file uses an operator that is not supported, or the description does not
 * fit it.
 */
export function convertPack(bytes: Uint8Array, description: NetworkDescription, precision: Precision): ConvertedPack {
  checkDescription(description)
  const { id, input, template, normalization, licence, origin, calibration, plans, card = '', output } = description
  const isTflite = String.fromCharCode(...bytes.subarray(4, 8)) === 'TFL3'
  const network = isTflite ? networkOfTflite(bytes) : networkOfOnnx(bytes, { input, output })
  checkInput(network, input)
  const simplified = simplify(network)
  if (description.dimensions !== undefined) project(network, description.dimensions)
  const dimensions = vectorLength(network)
  const name = id.replaceAll(/[^\w.-]/g, '-')
  const { model, weights } = writeGraphModel(network, { precision, origin, weightsName: `${name}.bin` })
  const pack: ModelPack = {
    id,
    networks: [
      {
        network: {
          id,
          model: describeFile(`${name}.json`, model),
          weights: describeFile(`${name}.bin`, weights),
          licence,
          origin,
          input,
          template,
          normalization,
          dimensions,
        },
        weight: 1,
      },
    ],
    dimensions,
    calibration: calibration ?? mobileFaceNetCalibration,
    plans: plans ?? {
      fast: { mirror: false, rereadLandmarks: false },
      accurate: { mirror: true, rereadLandmarks: true },
      enroll: { mirror: true, rereadLandmarks: true },
    },
    card,
  }
  return {
    ...simplified,
    pack,
    files: new Map([
      ['pack.json', new TextEncoder().encode(`${JSON.stringify(pack, null, 2)}\n`)],
      [`${name}.json`, model],
      [`${name}.bin`, weights],
    ]),
    borrowedScale: calibration === undefined,
  }
}

function checkDescription(description: Partial<NetworkDescription>): void {
  const { id, input, template, normalization, licence, origin, dimensions } = description
  check(typeof id === 'string' && /^[\w.+-]{1,100}$/.test(id), 'id must be letters, digits, and any of ._+-')
  check(isCount(input?.width) && isCount(input?.height), 'input needs width and height, whole numbers of pixels')
  check(
    Array.isArray(template) &&
      template.length >= 2 &&
      template.every(({ landmarks, x, y }) => Array.isArray(landmarks) && Number.isFinite(x) && Number.isFinite(y)),
    'template needs two points or more, each with landmarks, x and y',
  )
  const { mean, divisor, channelOrder } = normalization ?? {}
  check(
    Array.isArray(mean) && mean.length === 3 && mean.every((one) => Number.isFinite(one)) && Number(divisor) > 0,
    'normalization needs mean, three numbers, and a positive divisor',
  )
  check(channelOrder === 'rgb' || channelOrder === 'bgr', "normalization.channelOrder must be 'rgb' or 'bgr'")
  check(typeof licence === 'string' && typeof origin === 'string', 'licence and origin must be texts')
  check(dimensions === undefined || isCount(dimensions), 'dimensions must be a positive whole number')
}

function check(right: boolean, rule: string): void {
  if (!right) throw new ConvertError(`The manifest is wrong: ${rule}.`)
}

function checkInput(network: Network, { width, height }: NetworkDescription['input']): void {
  const [, rows, columns, channels] = network.layers[0]?.shape ?? []
  if (rows === height && columns === width && channels === 3) return
  throw new ConvertError(
    `The file reads pictures of ${columns}x${rows} pixels and ${channels} channels, the manifest says ${width}x${height} and three.`,
  )
}

function vectorLength(network: Network): number {
  const shape = network.shape(network.output)
  const length = shape.at(-1) as number
  if (shape.every((side, axis) => side === 1 || axis === shape.length - 1)) return length
  throw new ConvertError(`The file gives [${shape.join(', ')}] where one row of values was expected.`)
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0
}
