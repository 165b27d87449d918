import type { Calibration, CalibrationTable, PackName } from '@visavis/models'

const constants: Record<PackName, string> = {
  dlib: 'dlibResnetCalibration',
  'dlib+faceres': 'dlibFaceresCalibration',
  mobilefacenet: 'mobileFaceNetCalibration',
  faceplugin: 'facepluginCalibration',
  'faceplugin+mobilefacenet': 'facepluginMobileFaceNetCalibration',
}

export interface FitDescription {
  readonly dataset: string
  readonly people: number
  readonly comparisons: number
  /** The decimal logarithm of the lowest rate that was measured, of each mode. */
  readonly measuredTo: readonly [fast: number, accurate: number]
  /** The set of look-alikes, and how many people of it were fitted on. */
  readonly groups?: { readonly name: string; readonly people: number } | undefined
}

/** The TypeScript file that holds what the similarities of a model mean. */
export function calibrationSource(
  model: PackName,
  { fast, accurate, views, lookAlikes }: Calibration,
  { dataset, people, comparisons, measuredTo, groups }: FitDescription,
): string {
  const [first, second] = measuredTo.map((power) => `10^${power}`)
  const to = first === second ? first : `${first} (fast) and ${second} (accurate)`
  return `import type { Calibration } from './manifest.ts'

/**
 * Cosine similarities and the false-match rates measured at them. Written by \`pnpm calibrate --write\`.
 *
 * Fitted on ${thousands(people)} people, half of those in ${dataset}: the ones whose name's SHA-256 begins with an even byte.
 * ${thousands(comparisons)} comparisons of different people, every ordered pair of people weighing the same.
 * Measured down to a rate of ${to}; beyond it, a straight line through the last measured decade.
${groups === undefined ? '' : ` * Look-alikes: of ${groups.people} people, half of those in ${groups.name}, each center a mean over several of them.\n`} * \`pnpm bench accuracy\` measures the rates on the other half.
 */
export const ${constants[model]}: Calibration = {
${table('fast', fast)}
${table('accurate', accurate)}${
    views === undefined
      ? ''
      : `
  views: {
    decades: [
${views.decades.map((row) => `      [${row.join(', ')}],`).join('\n')}
    ],
    distinct: ${views.distinct},
  },`
  }${
    lookAlikes === undefined
      ? ''
      : `
  lookAlikes: {
    centers:
      '${lookAlikes.centers}',
    nearest: ${lookAlikes.nearest},
    from: ${lookAlikes.from},
    decadesPerTenth: ${lookAlikes.decadesPerTenth},
    most: ${lookAlikes.most},
  },`
  }
}
`
}

function table(mode: string, knots: CalibrationTable): string {
  return `  ${mode}: [
${knots.map(([similarity, rate]) => `    [${similarity}, ${rate}],`).join('\n')}
  ],`
}

function thousands(count: number): string {
  return count.toLocaleString('en-US')
}
