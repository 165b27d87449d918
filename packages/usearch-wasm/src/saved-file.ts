import { isGoodLength } from './arguments.ts'
import type { Metric, Scalar } from './ann-index.ts'
import { UsearchError } from './usearch-error.ts'

/*
 * The file that usearch 2 writes, all numbers little-endian:
 *
 *   u32 rows, u32 bytes a row          the vectors, tombstones included
 *   rows x bytes
 *   64 bytes                           magic, version, kinds, counts, dimensions, zeros
 *   5 x u64                            rows, connectivity, connectivity of the base level, highest level, entry's slot
 *   rows x i16                         the level of each node
 *   nodes: u64 key, i16 level, and for each level from the base up
 *          u32 count, u32 slots of neighbors, as many as the connectivity
 *
 * usearch trusts what it reads: a wrong slot becomes a wild address. So everything is walked through here first.
 */

/** What a saved index must be of. */
export interface ExpectedFile {
  readonly dimensions: number
  readonly metric: Metric
  readonly scalar: Scalar
}

/** How the graph of a file is laid out. */
export interface GraphShape {
  readonly rows: number
  readonly connectivity: number
  readonly baseConnectivity: number
  readonly highestLevel: number
  readonly entry: number
}

export const prefixBytes = 8
export const headBytes = 64
export const graphHeadBytes = 40

const magic = 'usearch'
const majorVersion = 2
/** The kinds have other numbers in files of older versions. */
const leastMinorVersion = 10
const metricKinds: Record<Metric, number> = { cos: 99, ip: 105 }
const scalarKinds: Record<Scalar, number> = { f32: 11, i8: 23 }
const keyKind = 14
const slotKind = 15
const mostConnectivity = 1024
/** Each level has the connectivity's root of the one below: no index has that many vectors. */
const mostLevels = 64
const nodeHeadBytes = 10

export function bytesOfVector({ dimensions, scalar }: ExpectedFile): number {
  return dimensions * (scalar === 'i8' ? 1 : 4)
}

/** The number of rows. @throws UsearchError `file_corrupt`, `file_mismatch` */
export function readPrefix(bytes: Uint8Array, expected: ExpectedFile): number {
  const view = viewOf(bytes)
  const rows = view.getUint32(0, true)
  if (view.getUint32(4, true) !== bytesOfVector(expected)) {
    throw new UsearchError(
      'file_mismatch',
      `The vectors of the saved index are not of ${expected.dimensions} ${expected.scalar} values; open it as what it was saved as.`,
    )
  }
  return rows
}

/** Checks the head; how many rows are tombstones. @throws UsearchError `file_corrupt`, `file_mismatch` */
export function readHead(bytes: Uint8Array, rows: number, expected: ExpectedFile): number {
  const view = viewOf(bytes)
  for (let i = 0; i < magic.length; i++) {
    if (bytes[i] !== magic.charCodeAt(i)) throw corrupt('its head is not where it should be')
  }
  const [major, minor] = [view.getUint16(7, true), view.getUint16(9, true)]
  if (major !== majorVersion || minor < leastMinorVersion) {
    throw new UsearchError(
      'file_mismatch',
      `The saved index is of a version of usearch other than ${majorVersion}.${leastMinorVersion} and later; build it anew.`,
    )
  }
  if (bytes[13] !== metricKinds[expected.metric] || bytes[14] !== scalarKinds[expected.scalar]) {
    throw new UsearchError(
      'file_mismatch',
      `The saved index has another metric than ${expected.metric} or another scalar than ${expected.scalar}; open it as what it was saved as.`,
    )
  }
  if (bytes[15] !== keyKind || bytes[16] !== slotKind) throw corrupt('its keys or slots are of another kind')
  if (view.getBigUint64(33, true) !== BigInt(expected.dimensions)) {
    throw new UsearchError(
      'file_mismatch',
      `The saved index does not have ${expected.dimensions} dimensions; open it as what it was saved as.`,
    )
  }
  const present = view.getBigUint64(17, true)
  const removed = view.getBigUint64(25, true)
  if (removed > BigInt(rows) || present !== BigInt(rows) - removed) throw corrupt('its counts do not add up')
  // The first of them: several vectors a key.
  if (bytes.subarray(41).some((byte) => byte !== 0)) throw corrupt('its head ends in something unknown')
  return Number(removed)
}

/** @throws UsearchError `file_corrupt` */
export function readGraphHead(bytes: Uint8Array, rows: number): GraphShape {
  const view = viewOf(bytes)
  const [size, connectivity, baseConnectivity, highestLevel, entry] = Array.from({ length: 5 }, (_, i) =>
    Number(view.getBigUint64(i * 8, true)),
  ) as [number, number, number, number, number]
  if (size !== rows) throw corrupt('the graph has another size than the vectors')
  if (!(connectivity >= 2 && connectivity <= baseConnectivity && baseConnectivity <= 2 * mostConnectivity)) {
    throw corrupt('the connectivity is not what it can be')
  }
  if (rows > 0 && !(highestLevel < mostLevels && entry < rows)) throw corrupt('the entry is not in the graph')
  return { rows, connectivity, baseConnectivity, highestLevel: rows > 0 ? highestLevel : 0, entry }
}

/** Checks the levels; how many bytes the nodes have. @throws UsearchError `file_corrupt` */
export function readLevels(bytes: Uint8Array, shape: GraphShape): number {
  const view = viewOf(bytes)
  let total = 0
  for (let slot = 0; slot < shape.rows; slot++) {
    const level = view.getInt16(slot * 2, true)
    if (level < 0 || level > shape.highestLevel) throw corrupt('a level is not what it can be')
    total += bytesOfNode(level, shape)
  }
  if (shape.rows > 0 && view.getInt16(shape.entry * 2, true) !== shape.highestLevel) {
    throw corrupt('the entry is not at the highest level')
  }
  return total
}

/**
 * Checks every node: its level, its key, and that every neighbor exists at the level it is a neighbor at.
 * @throws UsearchError `file_corrupt`
 */
export function checkNodes(nodes: Uint8Array, levels: Uint8Array, shape: GraphShape, removed: number): void {
  const view = viewOf(nodes)
  const levelView = viewOf(levels)
  const { rows, connectivity, baseConnectivity } = shape
  let at = 0
  let free = 0
  for (let slot = 0; slot < rows; slot++) {
    const level = levelView.getInt16(slot * 2, true)
    const high = view.getUint32(at + 4, true)
    if (high === 0xffffffff && view.getUint32(at, true) === 0xffffffff) free++
    else if (high > 0x1fffff) throw corrupt('a key is larger than 2^53 - 1')
    if (view.getInt16(at + 8, true) !== level) throw corrupt('a node has two levels')
    at += nodeHeadBytes
    for (let l = 0; l <= level; l++) {
      const most = l === 0 ? baseConnectivity : connectivity
      const count = view.getUint32(at, true)
      if (count > most) throw corrupt('a node has too many neighbors')
      for (let i = 1; i <= count; i++) {
        const neighbor = view.getUint32(at + 4 * i, true)
        if (neighbor >= rows || levelView.getInt16(neighbor * 2, true) < l) throw corrupt('a neighbor does not exist')
      }
      at += 4 + 4 * most
    }
  }
  if (free !== removed) throw corrupt('its counts do not add up')
}

/**
 * Checks a saved index so that usearch, here or native, cannot read or write outside of its memory because of it.
 * Whether its vectors, keys and neighbors are those that were saved cannot be checked: keep a checksum beside a file
 * that is not trusted.
 *
 * @throws UsearchError `file_corrupt` where it is no saved index, or an incomplete or changed one; `file_mismatch`
 * where it is of something else than expected.
 */
export function checkSavedFile(bytes: Uint8Array, expected: ExpectedFile): void {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (length > bytes.byteLength - at) throw corrupt('it ends too early')
    at += length
    return bytes.subarray(at - length, at)
  }
  const rows = readPrefix(take(prefixBytes), expected)
  const vectors = take(rows * bytesOfVector(expected))
  const removed = readHead(take(headBytes), rows, expected)
  const shape = readGraphHead(take(graphHeadBytes), rows)
  const levels = take(rows * 2)
  const nodes = take(readLevels(levels, shape))
  if (at !== bytes.byteLength) throw corrupt('it goes on after its end')
  checkNodes(nodes, levels, shape, removed)
  checkKeys(nodes, levels, shape)
  checkLengths(vectors, rows, expected)
}

/** The WebAssembly module sees to this itself when it loads. */
function checkKeys(nodes: Uint8Array, levels: Uint8Array, shape: GraphShape): void {
  const view = viewOf(nodes)
  const levelView = viewOf(levels)
  const seen = new Set<number>()
  let at = 0
  for (let slot = 0; slot < shape.rows; slot++) {
    const high = view.getUint32(at + 4, true)
    const key = high * 2 ** 32 + view.getUint32(at, true)
    if (high !== 0xffffffff) {
      if (seen.has(key)) throw corrupt('a key is used twice')
      seen.add(key)
    }
    at += bytesOfNode(levelView.getInt16(slot * 2, true), shape)
  }
}

/** As {@link checkKeys}. */
function checkLengths(vectors: Uint8Array, rows: number, { dimensions, metric, scalar }: ExpectedFile): void {
  const view = viewOf(vectors)
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let i = row * dimensions; i < (row + 1) * dimensions; i++) {
      const value = scalar === 'i8' ? view.getInt8(i) : view.getFloat32(i * 4, true)
      sum += value * value
    }
    if (!isGoodLength(Math.sqrt(sum), metric)) throw corrupt('a vector has no finite values, or none but zeros')
  }
}

function bytesOfNode(level: number, { baseConnectivity, connectivity }: GraphShape): number {
  return nodeHeadBytes + 4 + 4 * baseConnectivity + level * (4 + 4 * connectivity)
}

export function corrupt(reason: string): UsearchError {
  return new UsearchError(
    'file_corrupt',
    `The bytes are no saved index, or were changed: ${reason}. Build the index anew from its vectors.`,
  )
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
