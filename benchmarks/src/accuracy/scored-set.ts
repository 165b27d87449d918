import type { SearchMode } from '@visavis/core'
import type { Calibration } from '@visavis/models'
// What a score is made of has no public form.
import { fuseTemplates, type FusedTemplate } from '../../../packages/core/src/fused-template.ts'
import { LookAlikeRegions } from '../../../packages/core/src/score/look-alike-regions.ts'
import { createScoreScale, scorePerDecade } from '../../../packages/core/src/score/score.ts'
import { viewDecades } from '../../../packages/core/src/score/scorer.ts'
import type { TemplateSet } from './template-set.ts'

/** Which rows of a set are one probe, or one template, together. */
export interface Fusion {
  readonly person: number
  readonly probe: readonly number[]
  readonly template: readonly number[]
}

/**
 * A set whose similarities are judged as a matcher does: by the score, but for being cut off at 0 and 1. The comparison is
 * the scorer's own; only what it takes off for look-alikes is worked out once a row, since a set has millions of pairs.
 */
export function scoredSet(set: TemplateSet, calibration: Calibration, mode: SearchMode): TemplateSet {
  const alone = (rows: Float32Array): FusedTemplate[] =>
    Array.from(set.persons, (_, i) => ({ vector: row(rows, i, set.dimensions), views: 1, coherence: 1 }))
  return { ...set, judge: judgeOf(alone(set.probes), alone(set.templates), calibration, mode, set.dimensions) }
}

/** One row for each fusion; a side whose pictures gave fewer vectors than are to be fused has none. */
export function fusedSet(
  set: TemplateSet,
  fusions: readonly Fusion[],
  calibration: Calibration,
  mode: SearchMode,
): TemplateSet {
  const side = (rows: Float32Array, has: Uint8Array | undefined, of: (fusion: Fusion) => readonly number[]) => {
    const fused = fusions.map((fusion) => {
      const images = of(fusion)
      if (images.length === 0 || images.some((image) => has?.[image] === 0)) return undefined
      return fuseTemplates(images.map((image) => row(rows, image, set.dimensions)))
    })
    const packed = new Float32Array(fusions.length * set.dimensions)
    for (const [i, template] of fused.entries()) packed.set(template?.vector ?? [], i * set.dimensions)
    const none: FusedTemplate = { vector: new Float32Array(set.dimensions), views: 1, coherence: 1 }
    return {
      packed,
      has: Uint8Array.from(fused, (template) => (template === undefined ? 0 : 1)),
      list: fused.map((template) => template ?? none),
    }
  }
  const probes = side(set.probes, set.hasProbe, ({ probe }) => probe)
  const templates = side(set.templates, set.hasTemplate, ({ template }) => template)
  return {
    persons: Int32Array.from(fusions, ({ person }) => person),
    probes: probes.packed,
    templates: templates.packed,
    dimensions: set.dimensions,
    hasProbe: probes.has,
    hasTemplate: templates.has,
    judge: judgeOf(probes.list, templates.list, calibration, mode, set.dimensions),
  }
}

function judgeOf(
  probes: readonly FusedTemplate[],
  templates: readonly FusedTemplate[],
  calibration: Calibration,
  mode: SearchMode,
  dimensions: number,
): (similarity: number, probe: number, template: number) => number {
  const { lookAlikes, views } = calibration
  const regions = lookAlikes && new LookAlikeRegions(lookAlikes, dimensions)
  const decades = (list: readonly FusedTemplate[]): Float64Array =>
    Float64Array.from(list, ({ vector }) => regions?.decades(vector) ?? 0)
  const [ofProbes, ofTemplates] = [decades(probes), decades(templates)]
  const isSeveral = [...probes, ...templates].some((template) => template.views > 1)
  const scale = createScoreScale(mode === 'FAST' ? calibration.fast : calibration.accurate)
  return (similarity, probe, template) => {
    const off = (ofProbes[probe] as number) + (ofTemplates[template] as number)
    const several = isSeveral
      ? viewDecades(views, probes[probe] as FusedTemplate, templates[template] as FusedTemplate)
      : 0
    return scale.toScore(similarity) - scorePerDecade * (off + several)
  }
}

function row(rows: Float32Array, i: number, dimensions: number): Float32Array {
  return rows.subarray(i * dimensions, (i + 1) * dimensions)
}
