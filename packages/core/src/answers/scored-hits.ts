import type { FusedTemplate } from '../fused-template.ts'
import type { ScoredProbe, Scorer } from '../score/scorer.ts'

/** How alike a probe and a template are. */
export interface Comparison {
  /** Cosine, -1 to 1. */
  readonly similarity: number
  readonly enrolled: FusedTemplate
}

export type Scored<Hit> = Hit & { readonly score: number }

/**
 * The one way from what was compared with a probe to scores: best first, since what is taken off a
 * score is not the same for everybody, so that people may come in another order than by similarity.
 */
export function scoredHits<Hit extends Comparison>(
  hits: readonly Hit[],
  probe: ScoredProbe,
  scorer: Scorer,
): Scored<Hit>[] {
  return hits
    .map((hit) => ({ ...hit, score: scorer.toScore(hit.similarity, probe, hit.enrolled) }))
    .sort((a, b) => b.score - a.score)
}
