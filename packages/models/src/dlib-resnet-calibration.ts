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
    [0.72486, 0],
    [0.85367, -0.5],
    [0.87948, -1],
    [0.89607, -1.5],
    [0.90846, -2],
    [0.91856, -2.5],
    [0.92722, -3],
    [0.93494, -3.5],
    [0.94172, -4],
    [0.95621, -5],
    [0.97071, -6],
    [0.98521, -7],
  ],
  /** Two views against two views. */
  accurate: [
    [0.72687, 0],
    [0.85544, -0.5],
    [0.88115, -1],
    [0.89768, -1.5],
    [0.91003, -2],
    [0.92001, -2.5],
    [0.92869, -3],
    [0.93628, -3.5],
    [0.94231, -4],
    [0.95593, -5],
    [0.96954, -6],
    [0.98316, -7],
  ],
}
