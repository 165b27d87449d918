import { invalid } from './image-file.ts'

// Bytes of any realm, such as a frame's or a virtual machine's, are told apart by what they are, not by their class.

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object
const readViewKind = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)?.get as () => string | undefined

/** The class of a view by name: `Uint8Array` of Buffers, too; `DataView` of what is no typed array. */
export function viewKind(view: ArrayBufferView): string {
  return readViewKind.call(view) ?? 'DataView'
}

/** Whether the samples of pixels are bytes. */
export function isPixelBytes(data: unknown): data is Uint8Array | Uint8ClampedArray {
  return ArrayBuffer.isView(data) && /^Uint8(?:Clamped)?Array$/.test(viewKind(data))
}

/** SharedArrayBuffer is not everywhere. */
const bufferClasses: ({ readonly prototype: object } | undefined)[] = [ArrayBuffer, globalThis.SharedArrayBuffer]
const sizeReaders = bufferClasses.flatMap((Class) => {
  const read = Class && Object.getOwnPropertyDescriptor(Class.prototype, 'byteLength')?.get
  return read === undefined ? [] : [read as () => number]
})

/** Whether it is an ArrayBuffer or SharedArrayBuffer: the getters of their sizes answer for those of every realm alone. */
export function isBuffer(value: object): boolean {
  return sizeReaders.some((read) => {
    try {
      return read.call(value) >= 0
    } catch {
      return false
    }
  })
}

/**
 * The bytes of a view, on a buffer of their own.
 * @throws VisavisError `invalid_image` where there is nothing to copy, or no room for it
 */
export function copyBytes(view: ArrayBufferView): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
  } catch (cause) {
    throw invalid(
      'The image could not be copied, because its buffer was moved to another thread or memory is short; pass a new one.',
      cause,
    )
  }
}

/** {@link copyBytes} of a whole buffer. */
export function copyBuffer(buffer: ArrayBuffer): Uint8Array<ArrayBuffer> {
  return copyBytes({ buffer, byteOffset: 0, byteLength: buffer.byteLength })
}
