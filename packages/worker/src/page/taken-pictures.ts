import { VisavisError, type Crop } from '@visavis/core'
import { copyBytes, isPixelBytes, pictureKind } from '@visavis/core/kit'

type Bytes = Uint8Array | Uint8ClampedArray

/**
 * The pictures of one call, as they cross into the worker. They are taken when the call is made: by moving them, which
 * leaves the caller's own empty, or by copying them.
 */
export class TakenPictures {
  readonly #keep: boolean
  /** By what the caller passed: who passes one picture twice has it taken once. */
  readonly #taken: Map<object, unknown> = new Map()
  readonly #transfer: Set<Transferable> = new Set()
  #dropped = false

  /** @param keep Whether the caller's pictures stay as they are. */
  constructor(keep: boolean) {
    this.#keep = keep
  }

  /** What is moved with the message instead of copied. */
  get transfer(): Transferable[] {
    return [...this.#transfer]
  }

  /**
   * @returns what stands for the picture, or pictures, in the message: of what only this thread can draw, a promise.
   * What is no picture at all stays what it is; the matcher says what is wrong with it.
   * @throws VisavisError `invalid_image` where it cannot be taken.
   */
  take(picture: Crop | readonly Crop[] | undefined): unknown {
    if (!Array.isArray(picture)) return this.#takeOne(picture)
    const taken = picture.map((one: unknown) => this.#takeOne(one))
    return taken.some((one) => one instanceof Promise) ? Promise.all(taken) : taken
  }

  /** Frees what was taken and is not sent after all. */
  drop(): void {
    this.#dropped = true
    for (const item of this.#transfer) close(item)
    this.#transfer.clear()
  }

  #takeOne(image: unknown): unknown {
    // The matcher refuses it with what is wrong.
    if (typeof image !== 'object' || image === null) {
      if (typeof image === 'function' || typeof image === 'symbol') pictureKind(image)
      return image
    }
    const known = this.#taken.get(image)
    if (known !== undefined) return known
    const taken = this.#takeObject(image)
    this.#taken.set(image, taken)
    return taken
  }

  #takeObject(image: object): unknown {
    switch (pictureKind(image)) {
      case 'bytes':
        return this.#bytes(image as ArrayBufferView)
      case 'buffer': {
        const buffer = image as ArrayBuffer
        return this.#isMovable(buffer) ? this.#move(buffer, () => buffer.slice()) : this.#copy(new Uint8Array(buffer))
      }
      case 'blob':
        return isOwnBlob(image) ? image : this.#readBlob(image as Blob)
      case 'pixels':
        return this.#pixels(image as Record<'width' | 'height' | 'data', unknown>)
      case 'drawable':
        return this.#drawable(image)
    }
  }

  #drawable(image: object): unknown {
    if (isA('ImageBitmap', image)) {
      return this.#move(image as ImageBitmap, () => structuredClone(image as ImageBitmap))
    }
    if (isA('VideoFrame', image)) return this.#move(image as VideoFrame, () => (image as VideoFrame).clone())
    // Without a browser there is nothing that could draw it, as the matcher says.
    return typeof createImageBitmap === 'function' ? this.#draw(image as CanvasImageSource) : { width: 0, height: 0 }
  }

  #pixels({ width, height, data }: Record<'width' | 'height' | 'data', unknown>): object {
    const sides = [width, height].map((side) => (typeof side === 'number' ? side : Number.NaN))
    // Samples that are not bytes are sent as an empty list, which the matcher refuses.
    return { width: sides[0], height: sides[1], data: isPixelBytes(data) ? this.#pixelBytes(data) : [] }
  }

  #pixelBytes(data: Bytes): Bytes {
    const known = this.#taken.get(data) as Bytes | undefined
    const bytes = known ?? this.#bytes(data)
    this.#taken.set(data, bytes)
    return bytes
  }

  /** On a buffer of its own in either case: a message that holds a part of a buffer ships all of it. */
  #bytes(view: ArrayBufferView): Uint8Array {
    const { buffer } = view
    // Of a view whose buffer is gone not even the length can be read.
    const isAll = isPixelBytes(view) && view.byteLength === buffer.byteLength && this.#isMovable(buffer)
    return isAll ? new Uint8Array(this.#move(buffer, () => copyBytes(view).buffer)) : this.#copy(view)
  }

  #copy(view: ArrayBufferView): Uint8Array {
    const copy = copyBytes(view)
    keepOwn(this.#transfer, copy.buffer)
    return copy
  }

  /** Shared memory cannot be moved, and memory that can grow would move with all that it may grow to. */
  #isMovable(buffer: ArrayBufferLike): buffer is ArrayBuffer {
    return (
      Object.prototype.toString.call(buffer) === '[object ArrayBuffer]' &&
      !('resizable' in buffer && buffer.resizable === true)
    )
  }

  /** A Blob of a library or another realm cannot be sent everywhere; it cannot change, either. */
  async #readBlob(blob: Blob): Promise<Uint8Array> {
    try {
      return this.#copy(new Uint8Array(await blob.arrayBuffer()))
    } catch (cause) {
      throw new VisavisError('invalid_image', 'The Blob could not be read; pass its bytes.', { cause })
    }
  }

  /** What is moved away from the caller, or a copy of it. */
  #move<T extends Transferable>(item: T, copy: () => T): T {
    try {
      return keepOwn(this.#transfer, this.#keep ? copy() : structuredClone(item, { transfer: [item] }))
    } catch (cause) {
      throw new VisavisError(
        'invalid_image',
        'The image is empty, because an earlier call moved it into the worker or it was closed; pass a new one, or set `keepInputs`.',
        { cause },
      )
    }
  }

  /** What this thread alone can read, as it looks now. */
  async #draw(image: CanvasImageSource): Promise<ImageBitmap> {
    try {
      const bitmap = keepOwn(this.#transfer, await createImageBitmap(image))
      if (this.#dropped) bitmap.close()
      return bitmap
    } catch (cause) {
      throw new VisavisError(
        'invalid_image',
        'The image could not be read; pass something a canvas can draw, when it is loaded, from this origin or with CORS allowed.',
        { cause },
      )
    }
  }
}

function keepOwn<T extends Transferable>(transfer: Set<Transferable>, item: T): T {
  transfer.add(item)
  return item
}

function close(item: Transferable): void {
  if ('close' in item) item.close()
}

/** Of any realm; not every runtime has these classes. */
function isA(name: 'ImageBitmap' | 'VideoFrame', value: object): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`
}

function isOwnBlob(value: object): boolean {
  return value instanceof Blob
}
