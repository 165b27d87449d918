import { templateOf } from '../support/color-recognizer.ts'

/** Numbers by the first value of their template, by model. */
const known = new Map<string, Map<number, number>>()

/** The number of the picture that a template was made of, `null` for an empty one. @throws where it is of none */
export function numberOfTemplate(template: Float32Array, modelId: string): number | null {
  if (template.length === 0) return null
  let numbers = known.get(modelId)
  if (numbers === undefined) {
    numbers = new Map(Array.from({ length: 16 }, (_, number) => [templateOf(number, modelId)[0] as number, number]))
    known.set(modelId, numbers)
  }
  const number = numbers.get(template[0] as number)
  if (number === undefined || templateOf(number, modelId).some((value, i) => value !== template[i])) {
    throw new Error(`This is no template of ${modelId}.`)
  }
  return number
}
