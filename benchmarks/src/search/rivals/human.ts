import type { match } from '@vladmandic/human'
import { faceAt } from '../faces.ts'
import type { Rival } from './rival.ts'

/** A build of human, as far as it is used. */
export interface Human {
  readonly match: Pick<typeof match, 'find'>
}

/** human's `match.find` with its default options: a loop over lists of numbers. */
export function human(load: () => Promise<Human>): Rival {
  return {
    name: 'human',
    async create(faces) {
      const { find } = (await load()).match
      const descriptors = Array.from({ length: faces.count }, (_, key) => Array.from(faceAt(faces, key)))
      const probes = new Map(faces.queries.map((query) => [query, Array.from(query)]))
      return { search: (query) => find(probes.get(query) as number[], descriptors).index }
    },
  }
}
