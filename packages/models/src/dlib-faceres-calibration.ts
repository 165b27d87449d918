import type { CalibrationTable } from './manifest.ts'

/**
 * Provisional: the tails of a normal distribution with the mean and the deviation of strangers' similarities. To be
 * replaced by what `pnpm calibrate --write` fits.
 */
export const dlibFaceresCalibration: { fast: CalibrationTable; accurate: CalibrationTable } = {
  /** A probe in FAST against what is enrolled. */
  fast: [
    [0.61185, 0],
    [0.73673, -0.5],
    [0.76486, -1],
    [0.78499, -1.5],
    [0.80141, -2],
    [0.81544, -2.5],
    [0.82815, -3],
    [0.83981, -3.5],
    [0.85016, -4],
    [0.86928, -5],
    [0.88636, -6],
    [0.90197, -7],
  ],
  /** A probe in ACCURATE against what is enrolled. */
  accurate: [
    [0.61185, 0],
    [0.73673, -0.5],
    [0.76486, -1],
    [0.78499, -1.5],
    [0.80141, -2],
    [0.81544, -2.5],
    [0.82815, -3],
    [0.83981, -3.5],
    [0.85016, -4],
    [0.86928, -5],
    [0.88636, -6],
    [0.90197, -7],
  ],
}
