/** How far the length of a template may be from one: float16 networks and float32 sums are off by less. */
const tolerance = 1e-3

/**
 * The one rule of what a template is: a finite unit vector of its model's length, or empty where that model could make
 * none of a picture. A longer vector would be too similar to every person, and a vector that is not finite has no
 * similarity.
 *
 * @param dimensions The model's; left out where the model is not known.
 * @returns what is wrong with it, as the end of a sentence; `undefined` where nothing is
 */
export function templateFault(template: Float32Array, dimensions?: number): string | undefined {
  if (template.length === 0) return undefined
  if (dimensions !== undefined && template.length !== dimensions) {
    return `has ${template.length} values where ${dimensions} were expected`
  }
  let sum = 0
  for (let i = 0; i < template.length; i++) sum += (template[i] as number) ** 2
  // A value that is not finite makes the sum so.
  if (!Number.isFinite(sum)) return 'has values that are not finite numbers'
  const length = Math.sqrt(sum)
  return Math.abs(length - 1) <= tolerance ? undefined : `has length ${length.toPrecision(3)} where 1 was expected`
}
