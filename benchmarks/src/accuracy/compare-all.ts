import { distanceSimilarity, type TemplateSet } from './template-set.ts'

/**
 * Calls `visit` for every image as a probe against every other image as a template, or for chosen ones.
 *
 * Sixteen dot products are summed side by side, each in the order in which one alone would be, so the similarities are
 * to the last bit those of {@link similarity}.
 */
export function compareAll(set: TemplateSet, visit: Visit, chosen: Partial<Chosen> = {}): void {
  const { dimensions, hasProbe, hasTemplate } = set
  const everyImage = Int32Array.from(set.persons.keys())
  const { probes = everyImage, templates = everyImage } = chosen
  const rowsA = Float64Array.from(set.probes)
  // Two images are then as alike one way as the other, and compared once.
  const symmetric = set.probes === set.templates && probes === templates
  const rowsB = set.probes === set.templates ? rowsA : Float64Array.from(set.templates)
  const isDistance = set.measure === 'euclidean'
  const squaresA = isDistance ? squaresOf(rowsA, dimensions) : new Float64Array(0)
  const squaresB = isDistance && rowsB !== rowsA ? squaresOf(rowsB, dimensions) : squaresA
  const dots = new Float64Array(16)

  const emit = (probe: number, template: number, dot: number): void => {
    if (hasProbe?.[probe] === 0 || hasTemplate?.[template] === 0) {
      visit(probe, template, Number.NEGATIVE_INFINITY)
    } else if (isDistance) {
      const squares = (squaresA[probe] as number) + (squaresB[template] as number)
      visit(probe, template, distanceSimilarity(squares, dot))
    } else visit(probe, template, set.judge?.(dot, probe, template) ?? dot)
  }

  for (let i = 0; i < probes.length; i += 4) {
    for (let j = symmetric ? i : 0; j < templates.length; j += 4) {
      block(dots, rowsA, probes, i, rowsB, templates, j, dimensions)
      for (let k = 0; k < 16; k++) {
        const row = i + (k >> 2)
        const column = j + (k & 3)
        if (row >= probes.length || column >= templates.length || (symmetric && column < row)) continue
        const probe = probes[row] as number
        const template = templates[column] as number
        if (probe === template) continue
        emit(probe, template, dots[k] as number)
        if (symmetric) emit(template, probe, dots[k] as number)
      }
    }
  }
}

type Visit = (probe: number, template: number, similarity: number) => void

export interface Chosen {
  /** The images that are probes. @default all */
  readonly probes: Int32Array
  /** The images that are templates. @default all */
  readonly templates: Int32Array
}

/** Dot products of four images with four images, the first one's four first; past the end the last one is repeated. */
function block(
  dots: Float64Array,
  a: Float64Array,
  imagesA: Int32Array,
  firstA: number,
  b: Float64Array,
  imagesB: Int32Array,
  firstB: number,
  dimensions: number,
): void {
  const at = (images: Int32Array, i: number): number => (images[Math.min(i, images.length - 1)] as number) * dimensions
  const a0 = at(imagesA, firstA)
  const a1 = at(imagesA, firstA + 1)
  const a2 = at(imagesA, firstA + 2)
  const a3 = at(imagesA, firstA + 3)
  const b0 = at(imagesB, firstB)
  const b1 = at(imagesB, firstB + 1)
  const b2 = at(imagesB, firstB + 2)
  const b3 = at(imagesB, firstB + 3)
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0]
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let k = 0; k < dimensions; k++) {
    const x0 = a[a0 + k] as number
    const x1 = a[a1 + k] as number
    const x2 = a[a2 + k] as number
    const x3 = a[a3 + k] as number
    const y0 = b[b0 + k] as number
    const y1 = b[b1 + k] as number
    const y2 = b[b2 + k] as number
    const y3 = b[b3 + k] as number
    s00 += x0 * y0
    s01 += x0 * y1
    s02 += x0 * y2
    s03 += x0 * y3
    s10 += x1 * y0
    s11 += x1 * y1
    s12 += x1 * y2
    s13 += x1 * y3
    s20 += x2 * y0
    s21 += x2 * y1
    s22 += x2 * y2
    s23 += x2 * y3
    s30 += x3 * y0
    s31 += x3 * y1
    s32 += x3 * y2
    s33 += x3 * y3
  }
  dots[0] = s00
  dots[1] = s01
  dots[2] = s02
  dots[3] = s03
  dots[4] = s10
  dots[5] = s11
  dots[6] = s12
  dots[7] = s13
  dots[8] = s20
  dots[9] = s21
  dots[10] = s22
  dots[11] = s23
  dots[12] = s30
  dots[13] = s31
  dots[14] = s32
  dots[15] = s33
}

function squaresOf(rows: Float64Array, dimensions: number): Float64Array {
  return Float64Array.from({ length: rows.length / dimensions }, (_, row) => {
    let sum = 0
    for (let k = row * dimensions; k < (row + 1) * dimensions; k++) sum += (rows[k] as number) * (rows[k] as number)
    return sum
  })
}
