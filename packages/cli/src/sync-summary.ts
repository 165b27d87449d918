import type { SyncProblem, SyncProgress, SyncReport } from '@visavis/remote'
import { paint } from './output.ts'
import { printable } from './printable.ts'
import type { SyncedCollection } from './sync-once.ts'
import { describeInterval } from './sync-schedule.ts'

/** From where to where a collection was synced, and what came of it. */
export interface SyncSummary extends SyncedCollection {
  readonly store: string
  readonly remote: string
}

/** On a terminal the rest of a longer list is only counted. */
const mostRows = 20

/** Whether the collection here is as the service has it, or in a dry run would be. */
export function isDone({ complete, withheld }: SyncReport): boolean {
  return complete && withheld.length === 0
}

/** As `--json` prints it. */
export function syncDocument({ report, ...synced }: SyncSummary): object {
  const { collectionId: _, ...rest } = report
  return { ...synced, ...rest }
}

export function syncLines({ store, remote, collection, report, milliseconds }: SyncSummary): string[] {
  const { dryRun, complete, people, added, changed, removed, kept, withheld, unchanged, pictures, resumed } = report
  const would = dryRun ? 'Would sync' : 'Synced'
  const seconds = milliseconds / 1000
  const lines = [
    paint(
      isDone(report) ? 'green' : 'yellow',
      `${would} ${printable(collection.name)} from ${printable(remote)} to ${printable(store)}: ${countPeople(people)}.`,
    ),
    `  ${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} unchanged`,
  ]
  if (kept.length > 0)
    lines.push(`  ${countPeople(kept.length)} of the removed stay: in another collection, or enrolled here`)
  if (resumed > 0) lines.push(`  ${countPeople(resumed)} had been read before it was interrupted`)
  if (pictures > 0) {
    const rate = `${(pictures / seconds).toFixed(1)} a second`
    lines.push(paint('dim', `  ${pictures} pictures read in ${seconds.toFixed(1)} s, ${rate}`))
  }
  if (!complete) {
    lines.push(
      paint('yellow', 'The list changed while it was read, or does not say how long it is: nobody was removed.'),
    )
  }
  if (withheld.length > 0) {
    const stay = dryRun ? 'would stay' : 'stay'
    lines.push(
      paint(
        'yellow',
        `${countPeople(withheld.length)} here are gone from the service, more than one sync removes: all of them ${stay}. Where that is right, sync once with --most-removals 100%.`,
      ),
    )
  }
  return [...lines, ...problemLines(report)]
}

/** How far a sync is, beside the numbers: what it does, how fast, and how long it takes. */
export function progressWords({ phase, reading, peoplePerSecond, timeLeft }: SyncProgress): string {
  const doing = phase === 'reading' && reading > 1 ? 'reading the list again, for it changed' : phase
  const rate = `${peoplePerSecond.toFixed(peoplePerSecond < 10 ? 1 : 0)} a second`
  const left = timeLeft === undefined ? 'time left not known' : `${describeInterval(timeLeft)} left`
  return `${doing}, ${rate}, ${left}`
}

/** What is not about a picture. */
const problemWords: Partial<Record<SyncProblem['code'], string>> = {
  no_picture: 'the service has no picture of them',
  invalid_record: "the service's record of them cannot be stored",
  bad_response: "the service's answer about them cannot be read",
  another_collection: 'the service lists them, and says that they are in other collections only',
  person_exists: 'somebody else was enrolled here under this id, and stays',
  person_not_found:
    'deleted here while the sync ran; the next one brings them back, unless the service deletes them, too',
}

function problemLines({ problems }: SyncReport): string[] {
  if (problems.length === 0) return []
  const rest = problems.length - mostRows
  return [
    '',
    paint('yellow', `Not found by searches as the service has them: ${countPeople(problems.length)}`),
    ...problems
      .slice(0, mostRows)
      .map((problem) => `  ${printable(problem.personId) || '(without an id)'}: ${wordsOf(problem)}`),
    ...(rest > 0 ? [`  ... and ${rest} more; --json lists all.`] : []),
  ]
}

function wordsOf({ code, field }: SyncProblem): string {
  const words = problemWords[code] ?? code.replaceAll('_', ' ')
  return field === undefined ? words : `${words} (${printable(field)})`
}

function countPeople(number: number): string {
  return number === 1 ? '1 person' : `${number} people`
}
