import { corrupt } from './saved-file.ts'

/** A saved index: its bytes, or a stream of them in any pieces. */
export type SavedIndex =
  | Uint8Array
  | ArrayBuffer
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>

/** Reads a saved index from its beginning. What is read is a view of what was passed wherever it can be. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(source: SavedIndex) {
    this.#chunks = iterate(source)
  }

  /** As many of the next bytes as there are at hand, from one to `most`. @throws UsearchError `file_corrupt` */
  async readSome(most: number): Promise<Uint8Array> {
    while (this.#rest.byteLength === 0) {
      const { done, value } = await this.#chunks.next()
      if (done === true) throw corrupt('it ends too early')
      if (!(value instanceof Uint8Array)) throw corrupt('a chunk is not a Uint8Array')
      this.#rest = value
    }
    const some = this.#rest.subarray(0, most)
    this.#rest = this.#rest.subarray(some.byteLength)
    return some
  }

  /** Exactly so many bytes. @throws UsearchError `file_corrupt` */
  async read(length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0)
    const first = await this.readSome(length)
    if (first.byteLength === length) return first
    // Nothing is allocated for bytes that may never come.
    const parts = [first]
    let at = first.byteLength
    while (at < length) {
      const part = await this.readSome(length - at)
      parts.push(part)
      at += part.byteLength
    }
    const whole = new Uint8Array(length)
    at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.byteLength
    }
    return whole
  }

  /** @throws UsearchError `file_corrupt` where anything follows. */
  async end(): Promise<void> {
    let { byteLength } = this.#rest
    while (byteLength === 0) {
      const { done, value } = await this.#chunks.next()
      if (done === true) return
      byteLength = value.byteLength
    }
    throw corrupt('it goes on after its end')
  }

  /** Lets the stream go; nothing is read after it. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }
}

function iterate(source: SavedIndex): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  if (source instanceof ArrayBuffer) return [new Uint8Array(source)].values()
  if (source instanceof Uint8Array) return [source].values()
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]()
  if (Symbol.iterator in source) return source[Symbol.iterator]()
  // Safari's streams are not iterable.
  return chunksOf(source)
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally {
    await reader.cancel()
  }
}
