import type { FaceLandmarks } from '../face.ts'
import type { Pixels } from '../image/pixels.ts'
import { warpInto } from '../image/warp.ts'

/** The face is scaled to so many pixels between the eyes. */
const eyeDistance = 37
/** The side of the square that is looked at, pixels, and of the grid on the face that is read from it. */
const patchSize = 132
const gridSize = 32
const cell = 4
const cells = gridSize / cell

/**
 * What tells a covered mouth, and covered eyes, from bare ones: weights of brightness, of change across and of change
 * down in 8x8 parts of the face. Fitted by ridge regression on one half of 316 people of LFW with masks and sunglasses
 * of many shapes and shades drawn on, by average landmarks that were moved about a little, not by those of the mesh.
 */
const mouth = readWeights(
  '7/f78P8G+hT9BQfy9AME+/8DHQLnEQr//u0O7OwF8O0X/esVA+EKCQIN8A0L/fgI8AUVDgr+BffvEgXz8QgdCwL9FQUNHg4EBf8ECgwc/vgQICstJBYZAhAcCBMCBS4U9g74nrv8CArt/tWBlccW//bFzq7Axdv2/dTby8fb3vP9AP4L/+T8DAURBfoGDREA8P8O5v/9B/0MAxAaHwry9RkJHOz9Hf4LIjPw6+HrHBUJ/QEOBejwAhDy9xAmAwD/',
  0.000352984,
  0.11546,
)
const eyes = readWeights(
  'IREQFf387gnp1hkQ/w7i/Puu7/ztz50IBxoe9QkkMuMaDwcCGfIAPvQL/AsC9Prx9foMDPYJBPUb8QL1C/sSAfENIgvx6vjv++PF2trb6dsNxLIvPIHSCgwQDv7eERkIBQ0M+f75FRwDCAEUDP8HHh8B6QES/uL89/v0BQn4CvcC9Pz08RX7FCvb4WdR5+w9EPPmGCnC8xz15Bj/EzEX4OjmDwUF/dnY9fD0AhcV/wHwDwEFFfgH9AAPBwLXAP4A',
  0.000419111,
  0.08334,
)

interface Weights {
  readonly values: Int8Array
  readonly scale: number
  readonly bias: number
}

/** How sure it is that mouth and eyes are covered: around 0 bare, around 1 covered. */
export function measureCovering(pixels: Pixels, landmarks: FaceLandmarks): { mouth: number; eyes: number } {
  const features = featuresOf(gridOn(pixels, landmarks))
  return { mouth: weigh(mouth, features), eyes: weigh(eyes, features) }
}

function weigh({ values, scale, bias }: Weights, features: Float64Array): number {
  return features.reduce((sum, feature, i) => sum + feature * (values[i] as number) * scale, bias)
}

/** Luma from cheek to cheek and from brow to chin, at places that are the same ones on every face. */
function gridOn(pixels: Pixels, { leftEye, rightEye, leftMouth, rightMouth }: FaceLandmarks): Float64Array {
  const [acrossX, acrossY] = [rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]]
  const distance = Math.max(1, Math.hypot(acrossX, acrossY))
  const [a, b] = [acrossX / eyeDistance, acrossY / eyeDistance]
  const [eyesX, eyesY] = [(leftEye[0] + rightEye[0]) / 2, (leftEye[1] + rightEye[1]) / 2]
  const [downX, downY] = [(leftMouth[0] + rightMouth[0]) / 2 - eyesX, (leftMouth[1] + rightMouth[1]) / 2 - eyesY]
  // Upright, with the middle of the eyes in the middle and a little above it.
  const [originX, originY] = [patchSize / 2, patchSize * 0.4]
  const patch = new Uint8ClampedArray(patchSize * patchSize * 3)
  const toSource = { a, b, tx: eyesX - a * originX + b * originY, ty: eyesY - b * originX - a * originY }
  warpInto(patch, patchSize, patchSize, pixels, toSource)
  // Of the mouth, as seen in that patch.
  const gain = eyeDistance / (distance * distance)
  const [mouthX, mouthY] = [(downX * acrossX + downY * acrossY) * gain, (downY * acrossX - downX * acrossY) * gain]
  const grid = new Float64Array(gridSize * gridSize)
  for (let row = 0; row < gridSize; row++) {
    const down = ((row + 0.5) / gridSize) * 2 - 0.5
    for (let column = 0; column < gridSize; column++) {
      const across = ((column + 0.5) / gridSize) * 2 - 1
      grid[row * gridSize + column] = lumaAt(
        patch,
        originX + across * eyeDistance + down * mouthX,
        originY + down * mouthY,
      )
    }
  }
  return grid
}

function lumaAt(patch: Uint8ClampedArray, x: number, y: number): number {
  const [column0, row0] = [x, y].map((value) => Math.max(0, Math.min(patchSize - 1.001, value - 0.5))) as [
    number,
    number,
  ]
  const [left, top] = [Math.floor(column0), Math.floor(row0)]
  const [fx, fy] = [column0 - left, row0 - top]
  const luma = (column: number, row: number): number => {
    const i = (row * patchSize + column) * 3
    return 0.299 * (patch[i] as number) + 0.587 * (patch[i + 1] as number) + 0.114 * (patch[i + 2] as number)
  }
  const upper = luma(left, top) * (1 - fx) + luma(left + 1, top) * fx
  return upper * (1 - fy) + (luma(left, top + 1) * (1 - fx) + luma(left + 1, top + 1) * fx) * fy
}

function featuresOf(grid: Float64Array): Float64Array {
  const mean = grid.reduce((sum, value) => sum + value, 0) / grid.length
  const spread = Math.sqrt(grid.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grid.length) + 4
  const normal = grid.map((value) => (value - mean) / spread)
  const count = cells * cells
  const sums = new Float64Array(3 * count)
  const add = (i: number, value: number): void => {
    sums[i] = (sums[i] as number) + value / (cell * cell)
  }
  for (let row = 0; row < gridSize; row++) {
    for (let column = 0; column < gridSize; column++) {
      const i = row * gridSize + column
      const part = Math.floor(row / cell) * cells + Math.floor(column / cell)
      add(part, normal[i] as number)
      const isInside = (place: number): boolean => place > 0 && place < gridSize - 1
      if (isInside(column)) add(count + part, Math.abs((normal[i + 1] as number) - (normal[i - 1] as number)))
      const [above, below] = [normal[i - gridSize] as number, normal[i + gridSize] as number]
      if (isInside(row)) add(2 * count + part, Math.abs(below - above))
    }
  }
  return sums.map((value, i) => (i < count ? value : Math.log(value + 0.05)))
}

function readWeights(base64: string, scale: number, bias: number): Weights {
  return { values: Int8Array.from(atob(base64), (character) => character.charCodeAt(0)), scale, bias }
}
