import type { ProbeContext, Scorer } from '../score/scorer.ts'

/** How alike a probe and the vectors are that it was compared with. */
export interface Comparison {
  /** Cosine, -1 to 1. */
  readonly similarity: number
  /** How many views these vectors were made of. */
  readonly views: number
}

export type Scored<Hit> = Hit & { readonly score: number }

/**
 * The one way from what was compared with a probe to scores: best first, since people with different numbers of views may
 * come in another order than by similarity.
 */
export function scoredHits<Hit extends Comparison>(
  hits: readonly Hit[],
  probe: ProbeContext,
  scorer: Scorer,
): Scored<Hit>[] {
  return hits
    .map((hit) => ({ ...hit, score: scorer.toScore(hit.similarity, { ...probe, enrolledViews: hit.views }) }))
    .sort((a, b) => b.score - a.score)
}
