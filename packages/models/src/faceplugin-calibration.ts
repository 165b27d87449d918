import type { CalibrationTable } from './manifest.ts'

/**
 * Provisional: the tails of a normal distribution with the mean and the deviation of strangers' similarities. To be
 * replaced by what `pnpm calibrate --write` fits.
 */
export const facepluginCalibration: { fast: CalibrationTable; accurate: CalibrationTable } = {
  /** A probe in FAST against what is enrolled. */
  fast: [
    [-0.30818, 0],
    [0.05576, -0.5],
    [0.13772, -1],
    [0.19641, -1.5],
    [0.24425, -2],
    [0.28515, -2.5],
    [0.32218, -3],
    [0.35615, -3.5],
    [0.38634, -4],
    [0.44203, -5],
    [0.49181, -6],
    [0.5373, -7],
  ],
  /** A probe in ACCURATE against what is enrolled. */
  accurate: [
    [-0.30818, 0],
    [0.05576, -0.5],
    [0.13772, -1],
    [0.19641, -1.5],
    [0.24425, -2],
    [0.28515, -2.5],
    [0.32218, -3],
    [0.35615, -3.5],
    [0.38634, -4],
    [0.44203, -5],
    [0.49181, -6],
    [0.5373, -7],
  ],
}
