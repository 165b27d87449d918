import type { CalibrationTable, PackName } from '@visavis/models'
import type { Fit } from './fit-calibration.ts'
import type { Strangers } from './strangers.ts'

const constants: Record<PackName, string> = {
  dlib: 'dlibResnetCalibration',
  'dlib+faceres': 'dlibFaceresCalibration',
  mobilefacenet: 'mobileFaceNetCalibration',
  faceplugin: 'facepluginCalibration',
  'faceplugin+mobilefacenet': 'facepluginMobileFaceNetCalibration',
}

export interface ModeFit extends Fit {
  readonly strangers: Strangers
}

/** The TypeScript file that holds the tables of a model. */
export function calibrationSource(
  dataset: string,
  model: PackName,
  { fast, accurate }: { fast: ModeFit; accurate: ModeFit },
): string {
  const { people, comparisons } = fast.strangers
  const powers = [fast, accurate].map(({ measuredTo: power }) => `10^${power}`)
  const measuredTo = powers[0] === powers[1] ? powers[0] : `${powers[0]} (fast) and ${powers[1]} (accurate)`
  return `import type { CalibrationTable } from './manifest.ts'

/**
 * Cosine similarities and the false-match rates measured at them. Written by \`pnpm calibrate --write\`.
 *
 * Fitted on ${thousands(people)} people, half of those in ${dataset}: the ones whose name's SHA-256 begins with an even byte.
 * ${thousands(comparisons)} comparisons of different people, every ordered pair of people weighing the same.
 * Measured down to a rate of ${measuredTo}; beyond it, a straight line through the last measured decade.
 * \`pnpm bench accuracy\` measures the rates on the other half.
 */
export const ${constants[model]}: { fast: CalibrationTable; accurate: CalibrationTable } = {
${table('fast', 'A probe of one view against a template of two views', fast.table)}
${table('accurate', 'Two views against two views', accurate.table)}
}
`
}

function table(mode: string, meaning: string, knots: CalibrationTable): string {
  return `  /** ${meaning}. */
  ${mode}: [
${knots.map(([similarity, rate]) => `    [${similarity}, ${rate}],`).join('\n')}
  ],`
}

function thousands(count: number): string {
  return count.toLocaleString('en-US')
}
