import type { CalibrationTable } from './manifest.ts'

/**
 * Provisional: the tails of a normal distribution with the mean and the deviation of strangers' similarities. To be
 * replaced by what `pnpm calibrate --write` fits.
 */
export const mobileFaceNetCalibration: { fast: CalibrationTable; accurate: CalibrationTable } = {
  /** A probe in FAST against what is enrolled. */
  fast: [
    [-0.4505, 0],
    [0.0847, -0.5],
    [0.20524, -1],
    [0.29155, -1.5],
    [0.3619, -2],
    [0.42205, -2.5],
    [0.4765, -3],
    [0.52645, -3.5],
    [0.57085, -4],
    [0.65275, -5],
    [0.72595, -6],
    [0.79285, -7],
  ],
  /** A probe in ACCURATE against what is enrolled. */
  accurate: [
    [-0.4505, 0],
    [0.0847, -0.5],
    [0.20524, -1],
    [0.29155, -1.5],
    [0.3619, -2],
    [0.42205, -2.5],
    [0.4765, -3],
    [0.52645, -3.5],
    [0.57085, -4],
    [0.65275, -5],
    [0.72595, -6],
    [0.79285, -7],
  ],
}
