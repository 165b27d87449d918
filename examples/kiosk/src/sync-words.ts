import type { SyncProblemCode, SyncProgress, SyncReport } from '@visavis/remote'

const rates = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })
const ages = new Intl.RelativeTimeFormat('en')

/** "1 person", "14 people". */
export function countPeople(count: number): string {
  return count === 1 ? '1 person' : `${count} people`
}

/** The phase of a sync, and how far it is. */
export function describeProgress({ phase, people, total, reading, peoplePerSecond, timeLeft }: SyncProgress): {
  phase: string
  counts: string
} {
  const counts = total === undefined ? countPeople(people) : `${people} of ${countPeople(total)}`
  const rate = peoplePerSecond > 0 ? ` · ${rates.format(peoplePerSecond)} a second` : ''
  const left = timeLeft === undefined ? '' : ` · ${describeDuration(timeLeft)} left`
  return { phase: describePhase(phase, reading), counts: `${counts}${rate}${left}` }
}

function describePhase(phase: SyncProgress['phase'], reading: number): string {
  switch (phase) {
    case 'reading':
      return reading === 1 ? 'Reading its people' : 'Its list has changed; reading it again'
    case 'checking':
      return 'Looking whether those missing have left'
    case 'writing':
      return 'Putting all in place'
  }
}

/** What a sync has done, or would do. */
export function describeReport({
  dryRun,
  complete,
  people,
  added,
  changed,
  removed,
  kept,
  withheld,
  resumed,
}: SyncReport): string[] {
  const counts = [
    { count: added.length, what: 'added' },
    { count: changed.length, what: 'changed' },
    { count: removed.length, what: 'removed' },
  ].filter(({ count }) => count > 0)
  const would = (i: number): string => (dryRun && i === 0 ? 'would be ' : '')
  const changes = counts.map(({ count, what }, i) => `${count} ${would(i)}${what}`).join(', ')
  const sentences = [
    `${dryRun ? 'The cloud has' : 'Copied'} ${countPeople(people)}.`,
    changes === '' ? `Nothing ${dryRun ? 'would change' : 'has changed'}.` : `${changes}.`,
  ]
  if (withheld.length > 0) {
    const stay = dryRun ? 'would stay' : 'stay'
    sentences.push(`${countPeople(withheld.length)} are gone from the cloud, more than one copy removes: all ${stay}.`)
  }
  if (kept.length > 0) {
    const stay = kept.length === 1 ? 'stays' : 'stay'
    sentences.push(`${countPeople(kept.length)} of those removed ${stay}: enrolled here, or in another collection.`)
  }
  if (resumed > 0) sentences.push(`${countPeople(resumed)} had been read before it was interrupted.`)
  if (!complete) {
    sentences.push('The list changes while it is read, or does not say how long it is: nobody was removed.')
  }
  return sentences
}

const problems: Partial<Record<SyncProblemCode, string>> = {
  no_picture: 'The cloud has no picture of them.',
  no_face: 'Their picture shows no face.',
  multiple_faces: 'Their picture shows more than one face.',
  low_quality: 'Their picture is not clear enough.',
  invalid_image: 'Their picture is damaged.',
  invalid_record: 'What the cloud says of them cannot be stored.',
  bad_response: 'The answer of the cloud about them cannot be read.',
  another_collection: 'In the list, but in other collections only.',
  person_exists: 'Enrolled on this device, and stays so.',
  person_not_found: 'Deleted here meanwhile, and comes with the next copy.',
}

/** Why a person is not recognized, or not as the cloud has them. */
export function describeProblem(code: SyncProblemCode): string {
  return problems[code] ?? 'Their picture could not be read.'
}

/** "just now", "3 minutes ago". */
export function describeAge(milliseconds: number): string {
  const { value, unit } = inUnit(milliseconds)
  return unit === 'second' ? 'just now' : ages.format(-value, unit)
}

/** "in 1 minute". */
export function describeWait(milliseconds: number): string {
  const { value, unit } = inUnit(milliseconds)
  return ages.format(value, unit)
}

function describeDuration(milliseconds: number): string {
  const { value, unit } = inUnit(milliseconds)
  return `about ${value} ${unit}${value === 1 ? '' : 's'}`
}

/** The largest unit that there is one of, rounded. */
function inUnit(milliseconds: number): { value: number; unit: 'second' | 'minute' | 'hour' | 'day' } {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return { value: Math.max(1, seconds), unit: 'second' }
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return { value: minutes, unit: 'minute' }
  const hours = Math.round(minutes / 60)
  return hours < 24 ? { value: hours, unit: 'hour' } : { value: Math.round(hours / 24), unit: 'day' }
}
