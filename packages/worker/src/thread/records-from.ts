import type { GalleryRecords } from '@visavis/core'

/** The records with revisions that are counted from `first`. */
export function recordsFrom(first: number, records: GalleryRecords): GalleryRecords {
  return {
    ...records,
    revision: async () => first + (await records.revision()),
    apply: (changes, revision) => records.apply(changes, revision === undefined ? undefined : revision - first),
  }
}
