import { VisavisError } from '../errors.ts'
import { isDerivation, toKey, unseal } from '../store/encrypted/sealing.ts'
import {
  chained,
  damaged,
  formatVersion,
  frameContext,
  frameKinds,
  fromJson,
  hashBytes,
  longestFrame,
  magic,
  type FileHeader,
  type Frame,
  type FrameKind,
} from './collection-file.ts'

/** Reads the frames of an export; those after the header decrypted. */
export class FrameReader {
  readonly #bytes: ByteReader
  readonly #passphrase: string | undefined
  #header: FileHeader | undefined
  #key: CryptoKey | undefined
  #hash: Uint8Array = magic
  #place = 0

  constructor(chunks: AsyncIterable<Uint8Array>, passphrase: string | undefined) {
    this.#bytes = new ByteReader(chunks)
    this.#passphrase = passphrase
  }

  /** @throws VisavisError `store_corrupt`, `store_version`, `store_key` */
  async header(): Promise<FileHeader> {
    const start = await this.#bytes.take(magic.byteLength)
    if (start.some((byte, i) => byte !== magic[i])) throw damaged()
    const { kind, content } = await this.#next()
    const header = fromJson(content) as Partial<FileHeader> | null
    if (kind !== frameKinds.header || typeof header?.format !== 'number') throw damaged()
    if (header.format > formatVersion) {
      throw new VisavisError('store_version', 'The export was written by a later visavis; update this one.')
    }
    const { encryption, model, createdAt } = header
    const isWhole =
      typeof model === 'string' && typeof createdAt === 'string' && (encryption === null || isDerivation(encryption))
    if (!isWhole) throw damaged()
    // A caller with a passphrase expects a file sealed with it: one that claims to be unencrypted is refused.
    if (encryption === null && this.#passphrase !== undefined) {
      throw new VisavisError(
        'store_key',
        'The export is not encrypted, and a passphrase was passed; import it without, if you trust where it comes from.',
      )
    }
    if (encryption !== null) {
      if (this.#passphrase === undefined) {
        throw new VisavisError('store_key', 'The export is encrypted; pass its passphrase.')
      }
      this.#key = await toKey({ passphrase: this.#passphrase }, encryption ?? null)
    }
    this.#header = header as FileHeader
    return this.#header
  }

  /** @throws VisavisError `store_corrupt`, `store_key` where the passphrase is another */
  async frame(): Promise<Frame> {
    const place = this.#place
    const { kind, content } = await this.#next()
    const encryption = this.#header?.encryption
    if (this.#key === undefined || !encryption) return { kind, content }
    const opened = await unseal(this.#key, content, frameContext(encryption, place, kind))
    if (opened !== undefined) return { kind, content: opened }
    if (place > 1) throw damaged()
    throw new VisavisError('store_key', 'The passphrase does not open the export; pass the one it was written with.')
  }

  /** Holds the file against its checksum, after the last frame. @throws VisavisError `store_corrupt` */
  async finish(): Promise<void> {
    const hash = await this.#bytes.take(hashBytes)
    if (hash.some((byte, i) => byte !== this.#hash[i]) || !(await this.#bytes.isAtEnd())) throw damaged()
  }

  async #next(): Promise<Frame> {
    const head = await this.#bytes.take(5)
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0, true)
    if (length > longestFrame) throw damaged()
    const content = await this.#bytes.take(length)
    const frame = new Uint8Array(5 + length)
    frame.set(head)
    frame.set(content, 5)
    this.#hash = await chained(this.#hash, frame)
    this.#place++
    return { kind: head[4] as FrameKind, content }
  }
}

/** Reads a given number of bytes at a time from chunks of any size. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  async take(length: number): Promise<Uint8Array> {
    const taken = new Uint8Array(length)
    let at = 0
    while (at < length) {
      if (this.#rest.byteLength === 0 && !(await this.#more())) throw damaged()
      const part = this.#rest.subarray(0, length - at)
      taken.set(part, at)
      at += part.byteLength
      this.#rest = this.#rest.subarray(part.byteLength)
    }
    return taken
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#rest.byteLength === 0) if (!(await this.#more())) return true
    return false
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done === true) return false
    this.#rest = value
    return true
  }
}
