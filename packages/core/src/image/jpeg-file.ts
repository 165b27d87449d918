import { cutOff, invalid, type ImageFile } from './image-file.ts'

/** The most scans, and scans times pixels: a few bytes a scan make a decoder go over all of the picture once more. */
const mostScans = 100
const mostScannedPixels = 2e9

const damaged = 'The JPEG file is damaged; use another copy.'

/**
 * Reads a JPEG file's segments and scans.
 *
 * Repairs what every viewer tolerates, so that the decoder can be strict about the rest: stray bytes between segments,
 * the wrong parameters that some phones give a sequential scan, unknown revisions and color codes of writers, a missing
 * end mark, and data after the end (a second picture, a short film).
 *
 * @returns `null` where it is no JPEG file
 */
export function readJpeg(bytes: Uint8Array): ImageFile | null {
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? new JpegWalk(bytes).read() : null
}

interface Frame {
  readonly width: number
  readonly height: number
  readonly isProgressive: boolean
  /** Neither progressive nor lossless: every scan has all coefficients with all their bits. */
  readonly isSequential: boolean
  /** By component: of each coefficient, the lowest bit that is still missing. */
  readonly missing: Map<number, Uint8Array>
}

class JpegWalk {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** What stays of the file: from, to. */
  readonly #kept: [from: number, to: number][] = []
  readonly #patches: [at: number, value: number][] = []
  #keptFrom = 0
  #frame: Frame | undefined
  #scans = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  read(): ImageFile {
    const { end, isEnded } = this.#walk()
    const frame = this.#frame
    if (frame === undefined || this.#scans === 0) throw cutOff()
    if (!isEnded && !isComplete(frame)) throw cutOff()
    const { width, height } = frame
    if (this.#scans > mostScans || this.#scans * width * height > mostScannedPixels) {
      throw invalid(`The JPEG file has ${this.#scans} scans, more than a picture needs; save it anew.`)
    }
    const isWhole = frame.isProgressive || this.#scans > 1
    return { format: 'jpeg', width, height, bytes: this.#mended(end, isEnded), isEnded, isWhole }
  }

  /** @returns where the picture ends, after its end mark where it has one */
  #walk(): { end: number; isEnded: boolean } {
    const bytes = this.#bytes
    let at = 2
    while (at + 2 <= bytes.length) {
      const from = at
      while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++
      const marker = bytes[at + 1] as number
      if (bytes[at] !== 0xff || marker === 0) {
        // Stray bytes: up to the next marker.
        at = this.#nextMarker(at + 1)
        this.#drop(from, at)
        continue
      }
      if (marker === 0xd9) {
        if (this.#scans === 0) throw invalid(damaged)
        return { end: at + 2, isEnded: true }
      }
      if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        at += 2
        continue
      }
      const length = at + 4 <= bytes.length ? this.#view.getUint16(at + 2) : 0
      if (length < 2 || at + 2 + length > bytes.length) {
        if (this.#scans > 0) return { end: at, isEnded: false }
        throw length === 1 || (length === 0 && at + 4 <= bytes.length) ? invalid(damaged) : cutOff()
      }
      this.#segment(marker, at + 4, length - 2)
      at += 2 + length
      if (marker === 0xda) at = this.#nextMarker(at, true)
    }
    return { end: Math.min(at, bytes.length), isEnded: false }
  }

  /** @param at Of the segment's data, `length` bytes. */
  #segment(marker: number, at: number, length: number): void {
    // Start of frame, in any coding; not the Huffman, arithmetic-coding and extension segments between them.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      this.#startFrame(marker, at, length)
    } else if (marker === 0xda) this.#startScan(at, length)
    // JFIF: a major revision other than 1. Adobe: a color transform that is not known, which all take for the usual.
    else if (marker === 0xe0 && length >= 7 && this.#isText(at, 'JFIF')) this.#patch(at + 5, 1)
    else if (marker === 0xee && length >= 12 && this.#isText(at, 'Adobe') && (this.#bytes[at + 11] as number) > 2) {
      this.#patch(at + 11, this.#frame?.missing.size === 4 ? 2 : 1)
    }
  }

  #startFrame(marker: number, at: number, length: number): void {
    if (this.#frame !== undefined || length < 6) throw invalid(damaged)
    const count = this.#bytes[at + 5] as number
    if (length < 6 + count * 3) throw invalid(damaged)
    const components = Array.from({ length: count }, (_, i) => this.#bytes[at + 6 + i * 3] as number)
    this.#frame = {
      height: this.#view.getUint16(at + 1),
      width: this.#view.getUint16(at + 3),
      isSequential: marker === 0xc0 || marker === 0xc1 || marker === 0xc9,
      isProgressive: marker === 0xc2 || marker === 0xc6 || marker === 0xca || marker === 0xce,
      missing: new Map(components.map((id) => [id, new Uint8Array(64).fill(255)])),
    }
  }

  #startScan(at: number, length: number): void {
    const count = this.#bytes[at] as number
    if (this.#frame === undefined || length < 4 + count * 2) throw invalid(damaged)
    const { isProgressive, isSequential, missing } = this.#frame
    const parameters = at + 1 + count * 2
    if (isSequential) for (const [i, value] of [0, 63, 0].entries()) this.#patch(parameters + i, value)
    const [first, last, bits] = isProgressive ? this.#bytes.subarray(parameters, parameters + 3) : [0, 63, 0]
    for (let i = 0; i < count; i++) {
      missing.get(this.#bytes[at + 1 + i * 2] as number)?.fill((bits as number) & 15, first, (last as number) + 1)
    }
    this.#scans++
  }

  /** @param inScan Whether this is a scan's data: escaped bytes and restart marks are part of it. */
  #nextMarker(from: number, inScan = false): number {
    const bytes = this.#bytes
    for (let at = bytes.indexOf(0xff, from); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
      const next = bytes[at + 1] as number
      if (next === 0 || next === 0xff || (inScan && next >= 0xd0 && next <= 0xd7)) continue
      return at
    }
    // A lone 0xff at the end begins a mark that was lost.
    return bytes.length - (bytes.at(-1) === 0xff ? 1 : 0)
  }

  #isText(at: number, text: string): boolean {
    return [...text].every((character, i) => this.#bytes[at + i] === character.charCodeAt(0))
  }

  #patch(at: number, value: number): void {
    if (this.#bytes[at] !== value) this.#patches.push([at, value])
  }

  #drop(from: number, to: number): void {
    this.#kept.push([this.#keptFrom, from])
    this.#keptFrom = to
  }

  #mended(end: number, isEnded: boolean): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes as Uint8Array<ArrayBuffer>
    if (isEnded && this.#kept.length === 0 && this.#patches.length === 0) return bytes.subarray(0, end)
    const patched = bytes.slice(0, end)
    for (const [at, value] of this.#patches) patched[at] = value
    const parts = [...this.#kept, [this.#keptFrom, end] as const].map(([from, to]) => patched.subarray(from, to))
    if (!isEnded) parts.push(Uint8Array.of(0xff, 0xd9))
    const mended = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of parts) {
      mended.set(part, at)
      at += part.length
    }
    return mended
  }
}

/** Whether scans have come for all there is of every component; the last of them may still be cut off. */
function isComplete({ missing }: Frame): boolean {
  return [...missing.values()].every((bits) => bits.every((bit) => bit === 0))
}
