import type { EmbeddingNetwork, ModelPack } from '@visavis/models'
import { isVisavisError, VisavisError } from '../../errors.ts'
import { landmarkCount } from './face-mesh.ts'

/**
 * Checks a pack that was read from a file, whose type guarantees nothing.
 *
 * @throws VisavisError `model_mismatch` where the pack is invalid.
 */
export function checkPack(pack: ModelPack): void {
  try {
    checkParts(pack)
  } catch (cause) {
    if (isVisavisError(cause)) throw cause
    throw new VisavisError('model_mismatch', 'The manifest of the model is not one: parts of it are missing.', {
      cause,
    })
  }
}

function checkParts({ id, networks, dimensions, calibration, plans }: ModelPack): void {
  const check = (right: boolean, rule: string): void => {
    if (!right) throw new VisavisError('model_mismatch', `The manifest of the model ${id} is wrong: ${rule}.`)
  }
  check(typeof id === 'string' && id !== '', 'it needs an id')
  check(networks.length > 0, 'it needs a network')
  check(
    [plans.fast, plans.accurate, plans.enroll].every((plan) => typeof plan === 'object'),
    'it needs three plans',
  )
  for (const { network, weight } of networks) {
    checkNetwork(network)
    check(weight > 0 && Number.isFinite(weight), 'weights must be positive')
  }
  const sum = networks.reduce((all, { network }) => all + network.dimensions, 0)
  check(dimensions === sum, `dimensions must be ${sum}, those of its networks together`)
  for (const { networks: places } of Object.values(plans)) {
    const known = places?.every((place) => place in networks)
    check(known !== false && places?.length !== 0, 'a plan names networks by their place in the pack')
  }
  for (const table of [calibration.fast, calibration.accurate]) {
    const rises = table.every((knot, i) => {
      const before = table[i - 1]
      return before === undefined || (knot[0] > before[0] && knot[1] < before[1])
    })
    check(table.length >= 2 && rises, 'calibration needs two knots or more, with rising similarities and falling rates')
  }
  const { views, lookAlikes } = calibration
  if (views !== undefined) {
    const rows = views.decades
    const isSquare = rows.length === 3 && rows.every((row) => row.length === 3 && row.every((one) => one >= 0))
    check(
      isSquare && rows[0]?.[0] === 0,
      'calibration.views.decades are three rows of three, none below 0, the first 0',
    )
    check(views.distinct > 0 && views.distinct < 1, 'calibration.views.distinct lies between 0 and 1')
  }
  if (lookAlikes !== undefined) {
    const bytes = bytesOfBase64(lookAlikes.centers)
    check(
      bytes % dimensions === 0 && bytes >= dimensions * lookAlikes.nearest && lookAlikes.nearest >= 1,
      'calibration.lookAlikes.centers are rows of as many values as a template, so many at least as are to be nearest',
    )
    check(lookAlikes.most >= 0 && lookAlikes.decadesPerTenth >= 0, 'calibration.lookAlikes takes nothing below 0 off')
  }
}

function checkNetwork({ id, input, template, dimensions, normalization }: EmbeddingNetwork): void {
  const check = (right: boolean, rule: string): void => {
    if (!right) throw new VisavisError('model_mismatch', `The manifest of the network ${id} is wrong: ${rule}.`)
  }
  check(isPositiveInteger(input.width) && isPositiveInteger(input.height), 'input sides must be positive whole numbers')
  check(template.length >= 2, 'template needs two points or more')
  check(
    template.every(({ landmarks }) => landmarks.length > 0 && landmarks.every(isLandmark)),
    `template landmarks must be whole numbers from 0 to ${landmarkCount - 1}`,
  )
  check(isPositiveInteger(dimensions), 'dimensions must be a positive whole number')
  check(normalization.divisor > 0, 'normalization.divisor must be positive')
}

function isLandmark(index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < landmarkCount
}

function isPositiveInteger(value: number): boolean {
  return Number.isInteger(value) && value > 0
}

/** Not a number where it is no base64. */
function bytesOfBase64(text: string): number {
  try {
    return atob(text).length
  } catch {
    return Number.NaN
  }
}
