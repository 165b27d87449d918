import { templateSet } from '../accuracy/visavis-sets.ts'
import { similarity, type Measure } from '../accuracy/template-set.ts'
import { isRefusal, type Outcome } from '../contenders/contender.ts'
import type { DatasetImage } from '../dataset.ts'

/** So many faces must be found, and so often must one person's crops be more alike than two people's. */
const leastShare = 0.9

/**
 * Why what a contender made of people's crops is no answer worth timing; undefined where it is one.
 *
 * @param people For each person what came of the first and of the second crop.
 */
export function checkAnswers(people: readonly (readonly Outcome[])[], measure: Measure): string | undefined {
  const outcomes = people.flat()
  const located = outcomes.filter((outcome) => !isRefusal(outcome)).length / outcomes.length
  if (located < leastShare) return `it found a face in only ${percent(located)} of the crops`
  const images = people.flatMap((list, person) =>
    list.map((): DatasetImage => ({ name: '', file: '', person: `${person}` })),
  )
  const set = templateSet({ name: '', images, people: people.length }, outcomes, outcomes, measure)
  const mated: number[] = []
  const nonMated: number[] = []
  for (let i = 0; i < outcomes.length; i++) {
    for (let j = 0; j < i; j++) {
      if (isRefusal(outcomes[i] as Outcome) || isRefusal(outcomes[j] as Outcome)) continue
      const list = set.persons[i] === set.persons[j] ? mated : nonMated
      list.push(similarity(set, i, j))
    }
  }
  let right = 0
  for (const own of mated) right += nonMated.filter((other) => own > other).length
  const share = right / (mated.length * nonMated.length)
  if (share >= leastShare) return undefined
  return `it holds one person's crops for more alike than two people's in only ${percent(share)} of cases`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
