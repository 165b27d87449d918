import type { PackName } from '@visavis/models'

/** A model that a build of the kiosk has all files of. */
export interface OfferedModel {
  readonly name: PackName
  /** Where it comes from and what is known of it. */
  readonly card: string
  /** The paths of its files that do not come with the worker, relative to the page, by the names of the files. */
  readonly files: Readonly<Record<string, string>>
}
