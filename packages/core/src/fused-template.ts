/** One template made of several views of a person. */
export interface FusedTemplate {
  /** A unit vector. */
  readonly vector: Float32Array
  /** How many views it is made of. */
  readonly views: number
  /**
   * How alike the views are: the length of their mean before it is scaled to one. 1 for one view, or for views that are
   * the same; about 0.8 for pictures of different days.
   */
  readonly coherence: number
}

/**
 * The mean of views, scaled to length one. It is nearer to any further view of the person than the views are to each
 * other, because what is particular to one picture cancels out; and so it is nearer to strangers who look alike, which
 * the score's calibration knows of by `views` and `coherence`.
 *
 * @param templates Unit vectors of one length.
 * @throws RangeError where there are none
 */
export function fuseTemplates(templates: readonly Float32Array[]): FusedTemplate {
  const [first] = templates
  if (first === undefined) throw new RangeError('there is no template to fuse')
  const mean = new Float64Array(first.length)
  for (const template of templates) {
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + (template[i] as number) / templates.length
  }
  const coherence = Math.hypot(...mean)
  // One view stays as it is to the last bit.
  if (templates.length === 1) return { vector: first, views: 1, coherence: 1 }
  // Views that cancel each other out have no mean; those of faces never do.
  if (coherence === 0) return { vector: first, views: templates.length, coherence: 0 }
  return {
    vector: Float32Array.from(mean, (value) => value / coherence),
    views: templates.length,
    coherence: Math.min(1, coherence),
  }
}

/** Cosine of two unit vectors, -1 to 1. */
export function cosineOf(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
