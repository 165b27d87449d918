import type { CalibrationTable } from './manifest.ts'

/**
 * Provisional: the tails of a normal distribution with the mean and the deviation of strangers' similarities. To be
 * replaced by what `pnpm calibrate --write` fits.
 */
export const facepluginMobileFaceNetCalibration: { fast: CalibrationTable; accurate: CalibrationTable } = {
  /** A probe in FAST against what is enrolled. */
  fast: [
    [-0.27478, 0],
    [0.05348, -0.5],
    [0.12741, -1],
    [0.18034, -1.5],
    [0.22349, -2],
    [0.26038, -2.5],
    [0.29378, -3],
    [0.32442, -3.5],
    [0.35165, -4],
    [0.40188, -5],
    [0.44678, -6],
    [0.48781, -7],
  ],
  /** A probe in ACCURATE against what is enrolled. */
  accurate: [
    [-0.27478, 0],
    [0.05348, -0.5],
    [0.12741, -1],
    [0.18034, -1.5],
    [0.22349, -2],
    [0.26038, -2.5],
    [0.29378, -3],
    [0.32442, -3.5],
    [0.35165, -4],
    [0.40188, -5],
    [0.44678, -6],
    [0.48781, -7],
  ],
}
