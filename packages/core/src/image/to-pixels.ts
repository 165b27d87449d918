import { imageCodec } from '#image-codec'
import type { Crop } from './crop.ts'
import { cutOff, invalid, type ImageFile } from './image-file.ts'
import { openImageFile } from './open-image-file.ts'
import type { ReadPicture } from './pixels.ts'
import { takePicture, type TakenPicture } from './taken-picture.ts'

/**
 * The pixels of a picture in any of the forms that a caller may pass, copied at the time of the call.
 *
 * @throws VisavisError `invalid_image` with what is wrong and what to pass instead; `runtime_unsupported` where files
 * cannot be decoded here.
 */
export async function toPixels(image: Crop): Promise<ReadPicture> {
  return readPicture(takePicture(image))
}

/** The pixels of a picture that was taken, which may be its own. */
export async function readPicture(picture: TakenPicture): Promise<ReadPicture> {
  if ('scale' in picture) return picture
  const bytes = ArrayBuffer.isView(picture) ? picture : await readBlob(picture)
  const file = openImageFile(bytes)
  const read = await imageCodec.decode(file)
  if (!file.isEnded && (await isCutOff(file, read))) throw cutOff()
  return read
}

/**
 * Whether a picture without an end mark breaks off. Decoders do not always say so: they fill what is missing with what
 * they make of the bytes that follow, which in a whole picture they do not look at.
 */
async function isCutOff(file: ImageFile, read: ReadPicture): Promise<boolean> {
  const { bytes } = file
  const mark = bytes.length - 2
  const filler = Uint8Array.from({ length: 512 }, (_, i) => (i * 151 + 7) % 251)
  const longer = new Uint8Array(bytes.length + filler.length)
  longer.set(bytes.subarray(0, mark))
  longer.set(filler, mark)
  longer.set(bytes.subarray(mark), mark + filler.length)
  const { data } = await imageCodec.decode({ ...file, bytes: longer })
  return read.data.some((value, i) => value !== data[i])
}

async function readBlob(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    // Of another realm it gives a buffer of that realm.
    return new Uint8Array(await blob.arrayBuffer())
  } catch (cause) {
    throw invalid('The image file could not be read, or has changed since it was chosen; choose it again.', cause)
  }
}
