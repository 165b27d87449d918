import type { CalibrationTable } from './manifest.ts'
export const dlibResnetCalibration: { fast: CalibrationTable; accurate: CalibrationTable } = {
  fast: [[0.5, 0],[0.99, -7]],
  accurate: [[0.5, 0],[0.99, -7]],
}
