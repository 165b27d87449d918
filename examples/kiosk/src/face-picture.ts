import { create } from './element.ts'
import { createIcon } from './icon.ts'

/** A JPEG as an image element. */
export function thumbnailPicture(jpeg: Uint8Array): HTMLImageElement {
  const url = URL.createObjectURL(new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }))
  const image = create('img', { className: 'face', alt: '', src: url })
  const release = (): void => URL.revokeObjectURL(url)
  image.addEventListener('load', release)
  image.addEventListener('error', release)
  return image
}

/** Pixels as a canvas. */
export function cropPicture(crop: ImageData): HTMLCanvasElement {
  const canvas = create('canvas', { className: 'face', width: crop.width, height: crop.height })
  canvas.getContext('2d')?.putImageData(crop, 0, 0)
  return canvas
}

/** Stands in for a face where there is none. */
export function noPicture(): SVGSVGElement {
  return createIcon('person', 'face')
}
