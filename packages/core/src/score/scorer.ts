import type { Calibration, ViewCalibration } from '@visavis/models'
import type { FusedTemplate } from '../fused-template.ts'
import type { SearchMode } from '../face.ts'
import { LookAlikeRegions } from './look-alike-regions.ts'
import { createScoreScale, scorePerDecade, type ScoreScale } from './score.ts'

/** What is compared with templates: how it was made, and what of. */
export interface ScoredProbe {
  readonly mode: SearchMode
  readonly template: FusedTemplate
}

/** The one place where a similarity becomes a score. */
export interface Scorer {
  /** 0 to 1 of a cosine similarity; rises with it, between the same two templates. */
  toScore(similarity: number, probe: ScoredProbe, enrolled: FusedTemplate): number
  /** The least similarity whose score could be at least `score`, for any enrolled template. */
  leastSimilarity(score: number, probe: ScoredProbe): number
  /** The highest score that a similarity could have, for any enrolled template. */
  mostScore(similarity: number, probe: ScoredProbe): number
}

/** Where it was not measured: no model that was measured has more taken off. */
const viewsByDefault: ViewCalibration = {
  decades: [
    [0, 0.7, 1],
    [0.7, 1.3, 1.6],
    [1, 1.6, 1.9],
  ],
  distinct: 0.98,
}

/**
 * A score is that of one view against one view of people at large, less what is known of the two templates: templates
 * of several views are a little more similar to every person, and so are people who have many look-alikes. Both were
 * measured as the power of ten by which strangers are likelier, about the same at every level, so each is subtracted
 * from every score.
 */
export function createScorer(calibration: Calibration, dimensions: number): Scorer {
  const scales: Record<SearchMode, ScoreScale> = {
    FAST: createScoreScale(calibration.fast),
    ACCURATE: createScoreScale(calibration.accurate),
  }
  const regions = calibration.lookAlikes && new LookAlikeRegions(calibration.lookAlikes, dimensions)
  const lookAlikes = ({ vector }: FusedTemplate): number => regions?.decades(vector) ?? 0
  /** What is subtracted for an enrolled template of one view of people at large: the least for any template. */
  const leastOff = ({ template }: ScoredProbe): number =>
    scorePerDecade * (viewDecades(calibration.views, template, undefined) + lookAlikes(template))
  return {
    toScore: (similarity, probe, enrolled) => {
      const decades =
        viewDecades(calibration.views, probe.template, enrolled) + lookAlikes(probe.template) + lookAlikes(enrolled)
      return clamp(scales[probe.mode].toScore(similarity) - scorePerDecade * decades)
    },
    leastSimilarity: (score, probe) => scales[probe.mode].toSimilarity(score + leastOff(probe)),
    mostScore: (similarity, probe) => clamp(scales[probe.mode].toScore(similarity) - leastOff(probe)),
  }
}

/** @param enrolled One view where it is left out. */
export function viewDecades(
  calibration: ViewCalibration = viewsByDefault,
  probe: FusedTemplate,
  enrolled: FusedTemplate | undefined,
): number {
  const { decades } = calibration
  const [row, column] = [places(calibration, probe), enrolled === undefined ? 0 : places(calibration, enrolled)]
  const at = (i: number, j: number): number => decades[Math.min(i, 2)]?.[Math.min(j, 2)] ?? 0
  const [top, left] = [Math.floor(row), Math.floor(column)]
  const [down, across] = [row - top, column - left]
  return (
    (1 - down) * ((1 - across) * at(top, left) + across * at(top, left + 1)) +
    down * ((1 - across) * at(top + 1, left) + across * at(top + 1, left + 1))
  )
}

/** How many views a template is made of besides one, where views that are the same are one: 0 to 2. */
function places({ distinct }: ViewCalibration, { views, coherence }: FusedTemplate): number {
  const share = Math.min(1, Math.max(0, (1 - coherence) / (1 - distinct)))
  return Math.min(2, (views - 1) * share)
}

function clamp(score: number): number {
  return Math.min(1, Math.max(0, score))
}
