/** The file of the thread in which `visavis serve` keeps its matcher. */
import { serveMatcher } from '@visavis/worker/serve'
import { hideSqliteWarning } from './experimental-warning.ts'
import type { PartChoices } from './open-parts.ts'

hideSqliteWarning()

serveMatcher({
  async open({ settings }) {
    // Imported afterwards: Node warns as soon as something imports its SQLite.
    const { openParts } = await import('./open-parts.ts')
    return openParts(settings as PartChoices)
  },
})
