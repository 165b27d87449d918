import { describe, expect, it } from 'vitest'
import type { FusedTemplate } from '../fused-template.ts'
import type { ScoredProbe, Scorer } from '../score/scorer.ts'
import { scoredHits } from './scored-hits.ts'

function template(views: number): FusedTemplate {
  return { vector: Float32Array.of(1, 0), views, coherence: 0.9 }
}

describe('scoredHits', () => {
  it('tells the scorer all it may go by, and puts the best score first', () => {
    const probe: ScoredProbe = { mode: 'FAST', template: template(3) }
    const asked: unknown[] = []
    const scorer: Scorer = {
      toScore(similarity, of, enrolled) {
        asked.push([of, enrolled])
        // More views of a stranger are the likelier to be alike by chance.
        return similarity - 0.1 * enrolled.views
      },
      leastSimilarity: () => 0,
      mostScore: () => 1,
    }
    const many = { personId: 'many', similarity: 0.9, enrolled: template(3) }
    const one = { personId: 'one', similarity: 0.85, enrolled: template(1) }
    const scored = scoredHits([many, one], probe, scorer)
    expect(scored.map(({ personId, score }) => [personId, score.toFixed(2)])).toEqual([
      ['one', '0.75'],
      ['many', '0.60'],
    ])
    expect(asked).toEqual([
      [probe, many.enrolled],
      [probe, one.enrolled],
    ])
  })
})
