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
    [0.72489, 0],
    [0.85367, -0.5],
    [0.87948, -1],
    [0.89607, -1.5],
    [0.90845, -2],
    [0.91856, -2.5],
    [0.92722, -3],
    [0.93494, -3.5],
    [0.94176, -4],
    [0.9563, -5],
    [0.97084, -6],
    [0.98538, -7],
  ],
  /** Two views against two views. */
  accurate: [
    [0.72688, 0],
    [0.85544, -0.5],
    [0.88116, -1],
    [0.89768, -1.5],
    [0.91003, -2],
    [0.92001, -2.5],
    [0.9287, -3],
    [0.93628, -3.5],
    [0.94233, -4],
    [0.95596, -5],
    [0.96959, -6],
    [0.98322, -7],
  ],
}
