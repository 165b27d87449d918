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
 * Turns what was compared with a probe into scores, best first. What is subtracted from a score differs by person, so
 * the order can differ from that by similarity.
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
