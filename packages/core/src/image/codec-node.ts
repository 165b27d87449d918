import type { Sharp, SharpOptions } from 'sharp'
import { VisavisError } from '../errors.ts'
import { backdrop, jpegQuality, type ImageCodec } from './codec.ts'
import { invalid, maxPixels } from './image-file.ts'

type SharpModule = (input?: Uint8Array | SharpOptions, options?: SharpOptions) => Sharp

let sharpModule: Promise<SharpModule> | undefined

/** Loaded when the first file comes: an app that passes pixels can do without sharp. */
function loadSharp(): Promise<SharpModule> {
  sharpModule ??= import('sharp').then(
    (module) => module.default as SharpModule,
    (cause: unknown) => {
      sharpModule = undefined
      throw new VisavisError(
        'invalid_image',
        'Picture files are decoded with the package sharp, which could not be loaded; install it, or pass pixels.',
        { cause },
      )
    },
  )
  return sharpModule
}

export const imageCodec: ImageCodec = {
  async decode(bytes) {
    const sharp = await loadSharp()
    try {
      const { data, info } = await sharp(bytes, { failOn: 'warning', limitInputPixels: maxPixels })
        .autoOrient()
        .toColourspace('srgb')
        .flatten({ background: { r: backdrop, g: backdrop, b: backdrop } })
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true })
      if (info.channels === 1) return { width: info.width, height: info.height, channels: 3, data: grayToRgb(data) }
      return { width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3, data }
    } catch (cause) {
      throw invalid('The image file is damaged and could not be decoded; use another copy.', cause)
    }
  },

  draw() {
    return Promise.reject(
      invalid('This kind of image needs a browser; in Node pass the bytes of a picture file, or its pixels.'),
    )
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

function grayToRgb(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3)
  for (const [i, value] of gray.entries()) rgb.fill(value, i * 3, i * 3 + 3)
  return rgb
}
