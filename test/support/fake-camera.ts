import type { ImageLike } from '@visavis/core'
import { writeFile } from 'node:fs/promises'

const width = 640
const height = 480
const wall = 176

/**
 * Writes a video of one still frame, with a picture in the middle in front of a gray wall, which Chromium takes for a
 * camera with `--use-file-for-fake-video-capture`: YUV4MPEG2 with 4:2:0 chroma, as `man 5 yuv4mpeg` has it.
 *
 * @param picture RGBA, at most 640x480.
 */
export async function writeCameraVideo(file: string, picture: ImageLike): Promise<void> {
  const header = `YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C420jpeg\nFRAME\n`
  await writeFile(file, Buffer.concat([Buffer.from(header), ...planes(picture)]))
}

/** Y, and Cb and Cr at half the width and height; ITU-R BT.601. */
function planes(picture: ImageLike): Uint8Array[] {
  const luma = new Uint8Array(width * height)
  const blue = new Uint8Array(luma.length / 4)
  const red = new Uint8Array(luma.length / 4)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [r, g, b] = colorAt(picture, column, row)
      luma[row * width + column] = 16 + 0.257 * r + 0.504 * g + 0.098 * b
      if (row % 2 > 0 || column % 2 > 0) continue
      const half = (row / 2) * (width / 2) + column / 2
      blue[half] = 128 - 0.148 * r - 0.291 * g + 0.439 * b
      red[half] = 128 + 0.439 * r - 0.368 * g - 0.071 * b
    }
  }
  return [luma, blue, red]
}

function colorAt(picture: ImageLike, column: number, row: number): readonly [number, number, number] {
  const x = column - Math.floor((width - picture.width) / 2)
  const y = row - Math.floor((height - picture.height) / 2)
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return [wall, wall, wall]
  const at = (y * picture.width + x) * 4
  return [picture.data[at] as number, picture.data[at + 1] as number, picture.data[at + 2] as number]
}
