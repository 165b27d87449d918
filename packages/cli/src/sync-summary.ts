import type { SyncReport } from '@visavis/remote'
import { paint } from './output.ts'
import { printable } from './printable.ts'

export interface SyncedCollection {
  readonly store: string
  readonly remote: string
  /** Its id and name, there as here. */
  readonly collection: { readonly id: string; readonly name: string }
  readonly report: SyncReport
  readonly milliseconds: number
}

/** On a terminal the rest of a longer list is only counted. */
const mostRows = 20

/** As `--json` prints it. */
export function syncDocument({ report, ...synced }: SyncedCollection): object {
  const { collectionId: _, ...rest } = report
  return { ...synced, ...rest }
}

export function syncLines({ store, remote, collection, report, milliseconds }: SyncedCollection): string[] {
  const { dryRun, complete, people, added, changed, removed, kept, unchanged, pictures, resumed } = report
  const would = dryRun ? 'Would sync' : 'Synced'
  const seconds = milliseconds / 1000
  const lines = [
    paint(
      complete ? 'green' : 'yellow',
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
  return [...lines, ...problemLines(report)]
}

function problemLines({ problems }: SyncReport): string[] {
  if (problems.length === 0) return []
  const rest = problems.length - mostRows
  return [
    '',
    paint('yellow', `Not found by searches as the service has them: ${countPeople(problems.length)}`),
    ...problems
      .slice(0, mostRows)
      .map(({ personId, code }) => `  ${printable(personId)}: ${code.replaceAll('_', ' ')}`),
    ...(rest > 0 ? [`  ... and ${rest} more; --json lists all.`] : []),
  ]
}

function countPeople(number: number): string {
  return number === 1 ? '1 person' : `${number} people`
}
