import type { CalibrationTable } from './manifest.ts'

/**
 * Cosine similarities and the false-match rates measured at them. Written by `pnpm calibrate --write`.
 *
 * Fitted on 1,403 people, half of those in lfw-crops: the ones whose name's SHA-256 begins with an even byte.
 * 13,605,914 comparisons of different people, every ordered pair of people weighing the same.
 * Measured down to a rate of 10^-4; beyond it, a straight line through the last measured decade.
 * `pnpm bench accuracy` measures the rates on the other half.
 */
export const dlibResnetCalibration: { fast: CalibrationTable; accurate: CalibrationTable } = {
  /** A probe of one view against a template of two views. */
  fast: [
    [0.725, 0],
    [0.85371, -0.5],
    [0.8795, -1],
    [0.89609, -1.5],
    [0.90845, -2],
    [0.91857, -2.5],
    [0.9272, -3],
    [0.93488, -3.5],
    [0.94176, -4],
    [0.95632, -5],
    [0.97087, -6],
    [0.98543, -7],
  ],
  /** Two views against two views. */
  accurate: [
    [0.7272, 0],
    [0.85553, -0.5],
    [0.88119, -1],
    [0.89773, -1.5],
    [0.90993, -2],
    [0.92002, -2.5],
    [0.92852, -3],
    [0.93614, -3.5],
    [0.94288, -4],
    [0.95724, -5],
    [0.9716, -6],
    [0.98595, -7],
  ],
}
