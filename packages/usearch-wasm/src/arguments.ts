import type { Metric, Scalar, UsearchIndexOptions } from './ann-index.ts'
import { UsearchError } from './usearch-error.ts'

/** Checked options, with their defaults. */
export interface Settings {
  readonly dimensions: number
  readonly metric: Metric
  readonly scalar: Scalar
  readonly connectivity: number
  readonly expansionAdd: number
  readonly expansion: number
}

const mostExpansion = 65_536

export function checkOptions(options: UsearchIndexOptions): Settings {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'an object')
  const { dimensions, metric = 'cos', scalar = 'f32', connectivity = 16, expansionAdd = 128, expansion = 64 } = options
  checkInteger('dimensions', dimensions, 1, 65_536)
  if (metric !== 'cos' && metric !== 'ip') throw invalid('metric', "'cos' or 'ip'")
  if (scalar !== 'f32' && scalar !== 'i8') throw invalid('scalar', "'f32' or 'i8'")
  if (scalar === 'i8' && metric === 'ip') throw invalid('metric', "'cos' with the scalar 'i8', which keeps no lengths")
  checkInteger('connectivity', connectivity, 2, 256)
  checkInteger('expansionAdd', expansionAdd, 1, 4096)
  checkExpansion(expansion)
  return { dimensions, metric, scalar, connectivity, expansionAdd, expansion }
}

export function checkExpansion(expansion: number): void {
  checkInteger('expansion', expansion, 1, mostExpansion)
}

export function checkKey(key: number): void {
  if (typeof key !== 'number' || !Number.isSafeInteger(key) || key < 0) {
    throw new UsearchError('invalid_argument', 'A key must be a whole number from 0 to 2^53 - 1.')
  }
}

/** Checks what can be seen from outside; the values are looked at where they are copied to. */
export function checkVector(vector: ArrayLike<number>, dimensions: number): void {
  if (typeof vector !== 'object' || vector === null || typeof vector.length !== 'number') {
    throw invalid('vector', 'an array of numbers')
  }
  if (vector.length !== dimensions) {
    throw new UsearchError(
      'invalid_vector',
      `A vector of ${vector.length} values was given to an index of ${dimensions}; use one model for both.`,
    )
  }
}

/** The vectors that go with `keys`, one by one. */
export function checkVectors(
  keys: ArrayLike<number>,
  vectors: Float32Array | readonly ArrayLike<number>[],
  dimensions: number,
): (row: number) => ArrayLike<number> {
  if (typeof keys !== 'object' || keys === null || typeof keys.length !== 'number')
    throw invalid('keys', 'a list of keys')
  const seen = new Set<number>()
  for (let i = 0; i < keys.length; i++) {
    checkKey(keys[i] as number)
    seen.add(keys[i] as number)
  }
  if (seen.size !== keys.length) throw new UsearchError('key_exists', 'A key was given twice; each must be used once.')
  if (vectors instanceof Float32Array) {
    if (vectors.length !== keys.length * dimensions) {
      throw new UsearchError(
        'invalid_vector',
        `${vectors.length} values were given for ${keys.length} keys in ${dimensions} dimensions; give ${keys.length * dimensions}.`,
      )
    }
    return (row) => vectors.subarray(row * dimensions, (row + 1) * dimensions)
  }
  if (!Array.isArray(vectors) || vectors.length !== keys.length) throw invalid('vectors', 'as many as there are keys')
  for (const vector of vectors as readonly ArrayLike<number>[]) checkVector(vector, dimensions)
  return (row) => vectors[row] as ArrayLike<number>
}

export function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    const got = typeof value === 'number' ? `, not ${value}` : ''
    throw invalid(name, `a whole number from ${least} to ${most}${got}`)
  }
}

export function invalid(name: string, expected: string): UsearchError {
  return new UsearchError('invalid_argument', `${name} must be ${expected}.`)
}

/** Beyond these, products of two vectors leave what a float holds. native/engine.hpp has the same limits. */
export function isGoodLength(length: number, metric: Metric): boolean {
  return length <= 1e15 && (metric === 'ip' || length >= 1e-12)
}

export function invalidVector(): UsearchError {
  return new UsearchError(
    'invalid_vector',
    'A vector has a value that is no finite number, or its length is out of range: 1e-12 to 1e15 for cosines, up to 1e15 for inner products.',
  )
}
