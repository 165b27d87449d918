import { falseMatchRate } from '@visavis/core'

const counts = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })

/** Beyond this, scores are too rare to have been measured. */
const rarestMeasured = 1_000_000

/** What a found person's score means. */
export function describeScore(score: number): string {
  const strangers = 1 / falseMatchRate(score)
  if (strangers < rarestMeasured) return `Only one stranger in ${counts.format(strangers)} looks this much alike.`
  return `Fewer than one stranger in ${counts.format(rarestMeasured)} look this much alike.`
}

/** How many strangers there are to one who looks as much alike as this score says, as text: "10,000". */
function strangersToOne(score: number): string {
  return counts.format(1 / falseMatchRate(score))
}

/** What a threshold means, alone and for a number of enrolled people. */
export function describeThreshold(minScore: number, people: number): string {
  const one = `One stranger in ${strangersToOne(minScore)} is taken for a given person.`
  if (people < 2) return one
  const missed = 1 - (1 - falseMatchRate(minScore)) ** people
  return `${one} Compared with all ${people} people enrolled, it is about one in ${counts.format(Math.max(1, 1 / missed))}.`
}
