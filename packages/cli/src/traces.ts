import type { PersonRecord } from '@visavis/core'
import { open } from 'node:fs/promises'

/** Pieces of bytes that are one person's alone. */
export interface Traces {
  readonly pieces: readonly Buffer[]
  /** Others have the name, so it is not among the pieces. */
  readonly isNameShared: boolean
}

/** A database cuts long bytes to pages, so pieces of them are looked for. */
const pieceBytes = 24
/** Pieces with fewer different bytes, as of a plain background, may be in any picture. */
const leastDifferent = 12
/** Texts that are shorter are found by chance. */
const leastNameBytes = 8
const chunkBytes = 4 * 2 ** 20

export function tracesOf({ name, faces }: PersonRecord, isNameShared: boolean): Traces {
  const names = name === null || isNameShared ? [] : [`"name":${JSON.stringify(name)}`, name]
  const blobs = faces.flatMap(({ thumbnail, template }) => [
    afterHeaders(Buffer.from(thumbnail)),
    Buffer.from(template.buffer, template.byteOffset, template.byteLength),
  ])
  const cut = blobs.flatMap((blob) =>
    Array.from({ length: Math.floor(blob.byteLength / pieceBytes) }, (_, i) =>
      blob.subarray(i * pieceBytes, (i + 1) * pieceBytes),
    ),
  )
  const texts = names.map((text) => Buffer.from(text)).filter(({ byteLength }) => byteLength >= leastNameBytes)
  return { pieces: [...texts, ...cut.filter((piece) => new Set(piece).size >= leastDifferent)], isNameShared }
}

/** The traces of a person who is stored more than once. */
export function joinTraces(all: readonly Traces[]): Traces {
  const pieces = all.flatMap((traces) => traces.pieces)
  return {
    pieces: [...new Map(pieces.map((piece) => [piece.toString('latin1'), piece])).values()],
    isNameShared: all.some(({ isNameShared }) => isNameShared),
  }
}

/** Looks for the pieces in a SQLite file that is closed, and in the journals and the index's snapshot beside it. */
export async function findTraces(
  { pieces }: Traces,
  store: string,
): Promise<{ found: number; files: string[]; bytes: number }> {
  const found = new Set<Buffer>()
  const files: string[] = []
  let bytes = 0
  const overlap = Math.max(0, ...pieces.map(({ byteLength }) => byteLength))
  for (const file of [store, ...['-wal', '-shm', '-journal', '-graph', '-graph.part'].map((end) => store + end)]) {
    const handle = await open(file).catch(() => undefined)
    if (handle === undefined) continue
    files.push(file)
    try {
      const chunk = Buffer.alloc(chunkBytes + overlap)
      for (let at = 0; ; at += chunkBytes) {
        const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, at)
        if (bytesRead === 0) break
        const read = chunk.subarray(0, bytesRead)
        for (const piece of pieces) if (!found.has(piece) && read.includes(piece)) found.add(piece)
        bytes += Math.min(bytesRead, chunkBytes)
      }
    } finally {
      await handle.close()
    }
  }
  return { found: found.size, files, bytes }
}

/** What of a JPEG is of its picture: the tables before it are those of every JPEG. */
function afterHeaders(jpeg: Buffer): Buffer {
  const scan = jpeg.indexOf(Buffer.of(0xff, 0xda))
  return scan === -1 ? jpeg : jpeg.subarray(scan + 14)
}
