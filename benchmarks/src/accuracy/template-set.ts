/**
 * The vectors of a set of images, twice: as probes, the way a search makes them, and as enrolled templates. Row i of
 * both is image i.
 */
export interface TemplateSet {
  /** The person of each image, as a small number. */
  readonly persons: Int32Array
  /** Row by row; anything in the rows of images that gave no probe. */
  readonly probes: Float32Array
  /** Row by row; anything in the rows of images that gave no template. */
  readonly templates: Float32Array
  readonly dimensions: number
  /** 1 for images that gave a probe, 0 for refused ones. @default all did */
  readonly hasProbe?: Uint8Array
  /** 1 for images that gave a template, 0 for refused ones. @default all did */
  readonly hasTemplate?: Uint8Array
  /** Cosine takes the dot product, of unit vectors; Euclidean the negative distance. @default 'cosine' */
  readonly measure?: Measure
  /** What the similarity of two images means, such as its score. @default itself */
  readonly judge?: ((similarity: number, probe: number, template: number) => number) | undefined
}

export type Measure = 'cosine' | 'euclidean'

/**
 * How alike a probe and a template are. Where either image gave no vector there is nothing that could match: negative
 * infinity.
 */
export function similarity(set: TemplateSet, probe: number, template: number): number {
  if (set.hasProbe?.[probe] === 0 || set.hasTemplate?.[template] === 0) return Number.NEGATIVE_INFINITY
  const { dimensions, probes, templates } = set
  const dot = dotProduct(probes, probe, templates, template, dimensions)
  if (set.measure !== 'euclidean') return set.judge?.(dot, probe, template) ?? dot
  const squares =
    dotProduct(probes, probe, probes, probe, dimensions) +
    dotProduct(templates, template, templates, template, dimensions)
  return distanceSimilarity(squares, dot)
}

/** The negative Euclidean distance, from both squared lengths together and the dot product. */
export function distanceSimilarity(squares: number, dot: number): number {
  return -Math.sqrt(Math.max(0, squares - 2 * dot))
}

function dotProduct(a: Float32Array, i: number, b: Float32Array, j: number, dimensions: number): number {
  let sum = 0
  const offsetA = i * dimensions
  const offsetB = j * dimensions
  for (let k = 0; k < dimensions; k++) sum += (a[offsetA + k] as number) * (b[offsetB + k] as number)
  return sum
}

/** The images of every person, in order. */
export function imagesByPerson(persons: Int32Array): Map<number, number[]> {
  const images = new Map<number, number[]>()
  for (const [image, person] of persons.entries()) {
    const list = images.get(person)
    if (list === undefined) images.set(person, [image])
    else list.push(image)
  }
  return images
}

/** The rows of some images. */
export function selectImages(set: TemplateSet, images: readonly number[]): TemplateSet {
  const { dimensions, hasProbe, hasTemplate, measure, judge } = set
  const rows = (matrix: Float32Array): Float32Array => {
    const selected = new Float32Array(images.length * dimensions)
    for (const [row, image] of images.entries()) {
      selected.set(matrix.subarray(image * dimensions, (image + 1) * dimensions), row * dimensions)
    }
    return selected
  }
  const templates = rows(set.templates)
  return {
    persons: Int32Array.from(images, (image) => set.persons[image] as number),
    // Kept one array where it is one: comparing is then symmetric, and half the work.
    probes: set.probes === set.templates ? templates : rows(set.probes),
    templates,
    dimensions,
    ...(hasProbe && { hasProbe: Uint8Array.from(images, (image) => hasProbe[image] as number) }),
    ...(hasTemplate && { hasTemplate: Uint8Array.from(images, (image) => hasTemplate[image] as number) }),
    ...(measure && { measure }),
    ...(judge && {
      judge: (value: number, probe: number, template: number) =>
        judge(value, images[probe] as number, images[template] as number),
    }),
  }
}
