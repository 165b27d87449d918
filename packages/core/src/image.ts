export { faceCrop } from './image/face-crop.ts'
export { toShrunkJpeg, type ShrunkJpeg } from './image/shrunk-jpeg.ts'
export { toPixels } from './image/to-pixels.ts'
