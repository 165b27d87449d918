/** What the endpoints accept; client and server hold requests against the same numbers. */
export interface ScoreBounds {
  readonly least: number
  readonly most: number
}

/** Of `min_score`, and of what takes its place in `compare` and `liveness`; each 0 to 1. */
export const scoreBounds: Readonly<
  Record<'search' | 'crops' | 'live' | 'verify' | 'detect' | 'compare' | 'liveness', ScoreBounds>
> = {
  search: { least: 0.2, most: 1 },
  crops: { least: 0.5, most: 1 },
  live: { least: 0.5, most: 1 },
  verify: { least: 0.5, most: 1 },
  detect: { least: 0.5, most: 1 },
  compare: { least: 0.67, most: 0.95 },
  liveness: { least: 0.5, most: 1 },
}

/** Pictures of one person in a search, a comparison or an enrollment. */
export const mostImages = 3
/** Candidates of a search. */
export const mostResults = 100
/** Rows of a page of a list. */
export const largestPage = 100
