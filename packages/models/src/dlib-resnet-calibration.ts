import type { CalibrationTable } from './manifest.ts'

/**
 * Cosine similarities and the false-match rates measured at them. Written by `pnpm calibrate --write`.
 *
 * Fitted on 1,404 people, half of those in lfw-crops: the ones whose name's SHA-256 begins with an even byte.
 * 13,613,392 comparisons of different people, every ordered pair of people weighing the same.
 * Measured down to a rate of 10^-4; beyond it, a straight line through the last measured decade.
 * `pnpm bench accuracy` measures the rates on the other half.
 */
export const dlibResnetCalibration: { fast: CalibrationTable; accurate: CalibrationTable } = {
  /** A probe of one view against a template of two views. */
  fast: [
    [0.725, 0],
    [0.85373, -0.5],
    [0.87952, -1],
    [0.89611, -1.5],
    [0.90846, -2],
    [0.91859, -2.5],
    [0.9272, -3],
    [0.93488, -3.5],
    [0.94176, -4],
    [0.95631, -5],
    [0.97087, -6],
    [0.98542, -7],
  ],
  /** Two views against two views. */
  accurate: [
    [0.72722, 0],
    [0.85556, -0.5],
    [0.88121, -1],
    [0.89775, -1.5],
    [0.90994, -2],
    [0.92005, -2.5],
    [0.92853, -3],
    [0.93614, -3.5],
    [0.94288, -4],
    [0.95723, -5],
    [0.97157, -6],
    [0.98592, -7],
  ],
}
