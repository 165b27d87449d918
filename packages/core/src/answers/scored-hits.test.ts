import { describe, expect, it } from 'vitest'
import type { Scorer } from '../score/scorer.ts'
import { scoredHits } from './scored-hits.ts'

describe('scoredHits', () => {
  it('tells the scorer all it may go by, and puts the best score first', () => {
    const probe = { mode: 'FAST', probeViews: 3, quality: [] } as const
    const asked: unknown[] = []
    const scorer: Scorer = {
      toScore(similarity, context) {
        asked.push(context)
        // More views of a stranger are the likelier to be alike by chance.
        return similarity - 0.1 * context.enrolledViews
      },
      leastSimilarity: () => 0,
    }
    const scored = scoredHits(
      [
        { personId: 'many', similarity: 0.9, views: 3 },
        { personId: 'one', similarity: 0.85, views: 1 },
      ],
      probe,
      scorer,
    )
    expect(scored.map(({ personId, score }) => [personId, score.toFixed(2)])).toEqual([
      ['one', '0.75'],
      ['many', '0.60'],
    ])
    expect(asked).toEqual([
      { ...probe, enrolledViews: 3 },
      { ...probe, enrolledViews: 1 },
    ])
  })
})
