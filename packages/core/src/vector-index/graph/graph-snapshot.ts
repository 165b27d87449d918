import { webCrypto } from '../../values/web-crypto.ts'

/** What a snapshot was made of; a difference in any of it makes it worthless. */
export interface SnapshotStamp {
  /** The model whose templates the graph leads through. */
  readonly model: string
  readonly dimensions: number
  readonly metric: string
  readonly scalar: string
  readonly connectivity: number
  /** The version of usearch that wrote the graph. */
  readonly usearch: string
}

/** A graph as it was saved, and how many vectors it has. */
export interface GraphSnapshot {
  readonly count: number
  /** A file of usearch. */
  readonly graph: Uint8Array
}

/**
 * The container of a saved graph: 8 bytes of magic, the version of this format and the length of the stamp as 32-bit
 * little-endian numbers, the stamp as JSON, the graph, and the SHA-256 of all that. A cache: where it is not trusted,
 * the graph is built again from the templates.
 */
const magic = new TextEncoder().encode('VISGRAPH')
const formatVersion = 1
const headBytes = 16
const hashBytes = 32
const longestStamp = 4096

export async function encodeSnapshot(
  stamp: SnapshotStamp,
  { count, graph }: GraphSnapshot,
): Promise<Uint8Array<ArrayBuffer>> {
  const json = new TextEncoder().encode(JSON.stringify({ ...stamp, count }))
  const bytes = new Uint8Array(headBytes + json.byteLength + graph.byteLength + hashBytes)
  const view = new DataView(bytes.buffer)
  bytes.set(magic)
  view.setUint32(8, formatVersion, true)
  view.setUint32(12, json.byteLength, true)
  bytes.set(json, headBytes)
  bytes.set(graph, headBytes + json.byteLength)
  bytes.set(await sha256(bytes.subarray(0, -hashBytes)), bytes.byteLength - hashBytes)
  return bytes
}

/** The graph in a snapshot that is whole, unchanged and made of just this; otherwise `undefined`. */
export async function decodeSnapshot(bytes: Uint8Array, stamp: SnapshotStamp): Promise<GraphSnapshot | undefined> {
  if (bytes.byteLength < headBytes + hashBytes || magic.some((byte, i) => bytes[i] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stampBytes = view.getUint32(12, true)
  if (view.getUint32(8, true) !== formatVersion || stampBytes > longestStamp) return undefined
  const end = bytes.byteLength - hashBytes
  if (headBytes + stampBytes > end) return undefined
  const hash = await sha256(bytes.subarray(0, end))
  if (hash.some((byte, i) => bytes[end + i] !== byte)) return undefined
  const found = readStamp(bytes.subarray(headBytes, headBytes + stampBytes))
  if (found === undefined) return undefined
  for (const [name, value] of Object.entries(stamp)) if (found[name] !== value) return undefined
  const { count } = found
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) return undefined
  return { count, graph: bytes.subarray(headBytes + stampBytes, end) }
}

function readStamp(json: Uint8Array): Record<string, unknown> | undefined {
  try {
    const stamp: unknown = JSON.parse(new TextDecoder().decode(json))
    return typeof stamp === 'object' && stamp !== null ? { ...stamp } : undefined
  } catch {
    return undefined
  }
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await webCrypto().digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}
