import type { Sharp, SharpOptions } from 'sharp'
import { isVisavisError, VisavisError } from '../errors.ts'
import { backdrop, jpegQuality, type ImageCodec } from './codec.ts'
import { invalid, type ImageFile } from './image-file.ts'
import type { ReadPicture } from './pixels.ts'
import { readSize } from './read-size.ts'

type SharpModule = (input?: Uint8Array | SharpOptions, options?: SharpOptions) => Sharp

/** How long decoding one picture may take, seconds: many times what the largest ones need. */
const patience = 20

let sharpModule: Promise<SharpModule> | undefined

/** Loaded when the first file comes: an app that passes pixels can do without sharp. */
function loadSharp(): Promise<SharpModule> {
  sharpModule ??= import('sharp').then(
    (module) => module.default as SharpModule,
    (cause: unknown) => {
      sharpModule = undefined
      throw new VisavisError(
        'runtime_unsupported',
        'Picture files are decoded with the package sharp, which could not be loaded; install it, or pass pixels.',
        { cause },
      )
    },
  )
  return sharpModule
}

export const imageCodec: ImageCodec = {
  async decode(file) {
    const sharp = await loadSharp()
    try {
      return await decode(sharp, file, 'warning').catch((error: unknown) => {
        // Bytes left over between two scans do no harm; only libjpeg knows that a scan has ended before them.
        if (!isLeftover(error)) throw error
        return decode(sharp, file, 'truncated')
      })
    } catch (cause) {
      if (isVisavisError(cause)) throw cause
      if (cause instanceof Error && cause.message.startsWith('timeout')) {
        throw invalid(`The image file took longer than ${patience} s to decode; save it anew, or scale it down.`, cause)
      }
      throw invalid('The image file is damaged and could not be decoded; use another copy.', cause)
    }
  },

  draw() {
    throw invalid('This kind of image needs a browser; in Node pass the bytes of a picture file, or its pixels.')
  },

  async encodeJpeg({ width, height, channels, data }) {
    const sharp = await loadSharp()
    const jpeg = await sharp(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), {
      raw: { width, height, channels },
    })
      .removeAlpha()
      .jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' })
      .toBuffer()
    return new Uint8Array(jpeg)
  },
}

async function decode(
  sharp: SharpModule,
  { bytes, width, height }: ImageFile,
  failOn: NonNullable<SharpOptions['failOn']>,
): Promise<ReadPicture> {
  const size = readSize(width, height)
  // The file's size is checked already. Scaled by the longer side: which one that is, orientation does not change.
  const longest = Math.max(size.width, size.height)
  let picture = sharp(bytes, { failOn, limitInputPixels: false }).autoOrient()
  if (size.width !== width) picture = picture.resize({ width: longest, height: longest, fit: 'inside' })
  const { data, info } = await picture
    .toColourspace('srgb')
    .flatten({ background: { r: backdrop, g: backdrop, b: backdrop } })
    .raw({ depth: 'uchar' })
    .timeout({ seconds: patience })
    .toBuffer({ resolveWithObject: true })
  const scale = Math.max(width, height) / Math.max(info.width, info.height)
  const read = { width: info.width, height: info.height, scale }
  if (info.channels === 1) return { ...read, channels: 3, data: grayToRgb(data) }
  return { ...read, channels: info.channels === 4 ? 4 : 3, data }
}

function isLeftover(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message.split('\n').every((line) => /extraneous bytes before marker|^$/.test(line))
}

function grayToRgb(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3)
  for (let i = 0, to = 0; i < gray.length; i++) {
    const value = gray[i] as number
    rgb[to++] = value
    rgb[to++] = value
    rgb[to++] = value
  }
  return rgb
}
