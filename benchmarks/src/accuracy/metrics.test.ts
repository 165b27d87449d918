import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareAll } from './compare-all.ts'
import { allPairs, identification, pairAccuracy, verification, type JudgedPair } from './metrics.ts'
import { selectImages, similarity, type TemplateSet } from './template-set.ts'

function unitVectors(angles: number[]): Float32Array {
  return Float32Array.from(angles.flatMap((angle) => [cosine(angle), cosine(90 - angle)]))
}

function cosine(degrees: number): number {
  return Math.cos((degrees * Math.PI) / 180)
}

/** Unit vectors of two dimensions at these angles, degrees: the cosine of two is that of the angle between them. */
function atAngles(persons: number[], probes: number[], templates: number[] = probes): TemplateSet {
  const enrolled = unitVectors(templates)
  return {
    persons: Int32Array.from(persons),
    probes: probes === templates ? enrolled : unitVectors(probes),
    templates: enrolled,
    dimensions: 2,
  }
}

const anySet = fc
  .record({
    persons: fc.array(fc.nat(4), { minLength: 1, maxLength: 14 }),
    dimensions: fc.integer({ min: 1, max: 5 }),
    symmetric: fc.boolean(),
    euclidean: fc.boolean(),
    refusing: fc.boolean(),
    seed: fc.infiniteStream(fc.float({ min: -1, max: 1, noNaN: true })),
    kept: fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
  })
  .map(({ persons, dimensions, symmetric, euclidean, refusing, seed, kept }): TemplateSet => {
    // A cosine is meant of vectors that are no longer than 1.
    const longest = euclidean ? 1 : Math.sqrt(dimensions)
    const take = (): Float32Array =>
      Float32Array.from({ length: persons.length * dimensions }, () => (seed.next().value as number) / longest)
    const has = (): Uint8Array => Uint8Array.from(persons, () => Math.min(1, kept.next().value as number))
    const templates = take()
    return {
      persons: Int32Array.from(persons),
      probes: symmetric ? templates : take(),
      templates,
      dimensions,
      measure: euclidean ? 'euclidean' : 'cosine',
      ...(refusing && { hasProbe: has(), hasTemplate: has() }),
    }
  })

describe('compareAll', () => {
  it('visits every ordered pair of two images once, with the similarity that comparing them alone gives', () => {
    fc.assert(
      fc.property(anySet, (set) => {
        const seen = new Map<string, number>()
        compareAll(set, (probe, template, value) => {
          expect(seen.has(`${probe} ${template}`)).toBe(false)
          seen.set(`${probe} ${template}`, value)
        })
        const count = set.persons.length
        expect(seen.size).toBe(count * (count - 1))
        for (const [pair, value] of seen) {
          const [probe, template] = pair.split(' ').map(Number) as [number, number]
          expect(value).toBe(similarity(set, probe, template))
        }
      }),
    )
  })

  it('visits only chosen images', () => {
    const seen: string[] = []
    const set = atAngles([0, 1, 2, 3, 4, 5], [0, 10, 20, 30, 40, 50])
    const chosen = { probes: Int32Array.of(1, 4), templates: Int32Array.of(0, 1, 5) }
    compareAll(set, (probe, template) => seen.push(`${probe}${template}`), chosen)
    expect(seen.sort()).toEqual(['10', '15', '40', '41', '45'])
  })
})

describe('verification', () => {
  it('accepts at a rate what is more alike than all but that share of strangers', () => {
    // One person at 0 and 20 degrees, others at 30 and 90: strangers are 30, 10, 90, 70 and 60 degrees apart.
    const pairs = allPairs(atAngles([0, 0, 1, 2], [0, 20, 30, 90]))
    expect(pairs.mated).toHaveLength(2)
    const { tarAtFmr, mated, nonMated } = verification(pairs, [0.1, 0.2])
    expect([mated, nonMated]).toEqual([2, 10])
    // None of ten may pass, so the pair of 10 degrees stands above; or two of ten.
    expect(tarAtFmr.get(0.1)).toBe(0)
    expect(tarAtFmr.get(0.2)).toBe(1)
  })

  it('agrees with counting', () => {
    fc.assert(
      fc.property(anySet, fc.constantFrom(0, 0.01, 0.1, 0.3, 1), (set, rate) => {
        const mated: number[] = []
        const nonMated: number[] = []
        for (let i = 0; i < set.persons.length; i++) {
          for (let j = 0; j < set.persons.length; j++) {
            if (i !== j) (set.persons[i] === set.persons[j] ? mated : nonMated).push(similarity(set, i, j))
          }
        }
        fc.pre(mated.length > 0)
        const { tarAtFmr, thresholdAtFmr } = verification(allPairs(set), [rate])
        const threshold = thresholdAtFmr.get(rate) as number
        expect(nonMated.filter((value) => value >= threshold).length).toBeLessThanOrEqual(rate * nonMated.length + 1e-9)
        expect(tarAtFmr.get(rate)).toBe(mated.filter((value) => value >= threshold).length / mated.length)
        // Below the threshold lies the next stranger, no farther than a histogram's bin is wide.
        const next = nonMated.sort((a, b) => b - a)[Math.floor(rate * nonMated.length + 1e-9)]
        expect(next === undefined || next === Number.NEGATIVE_INFINITY || threshold - next < 1e-4).toBe(true)
      }),
    )
  })

  it('counts comparisons with refused pictures as misses and as rejected strangers', () => {
    const set = { ...atAngles([0, 0, 1], [0, 1, 90]), hasProbe: Uint8Array.of(1, 0, 1) }
    const pairs = allPairs(set)
    const { tarAtFmr } = verification(pairs, [0.5])
    expect(pairs.nonMated.total).toBe(4)
    expect(tarAtFmr.get(0.5)).toBe(0.5)
  })
})

describe('identification', () => {
  it('enrolls the first picture of everyone with two, and searches for the others and for strangers', () => {
    // Persons 0 and 1 are enrolled at 0 and 90 degrees; 2 is a stranger at 60, 30 degrees from person 1.
    const set = atAngles([0, 0, 0, 1, 1, 2], [0, 10, 80, 90, 70, 60])
    const result = identification(set, [0, 1])
    expect(result).toMatchObject({ gallery: 2, matedProbes: 3, nonMatedProbes: 1 })
    // The third picture of person 0 lies nearest to person 1.
    expect(result.rank1).toBeCloseTo(2 / 3)
    // Right, and nearer than the stranger's 30 degrees: 10 and 20.
    expect(result.tpirAtFpir.get(0)).toBeCloseTo(2 / 3)
    expect(result.tpirAtFpir.get(1)).toBeCloseTo(2 / 3)
  })

  it('misses whoever was refused, enrolled or searched', () => {
    const set = atAngles([0, 0, 1, 1], [0, 10, 90, 80])
    expect(identification(set, []).rank1).toBe(1)
    expect(identification({ ...set, hasProbe: Uint8Array.of(1, 0, 1, 1) }, []).rank1).toBe(0.5)
    expect(identification({ ...set, hasTemplate: Uint8Array.of(0, 1, 1, 1) }, []).rank1).toBe(0.5)
  })
})

function judged(same: boolean, value: number, fold?: string): JudgedPair {
  return { same, similarity: value, fold }
}

describe('pairAccuracy', () => {
  it('is the best that one threshold can do', () => {
    expect(pairAccuracy([judged(true, 0.9), judged(true, 0.5), judged(false, 0.6), judged(false, 0.1)])).toBe(0.75)
    expect(pairAccuracy([judged(true, 0.9), judged(false, 0.1)])).toBe(1)
  })

  it('puts no threshold between equal similarities', () => {
    expect(pairAccuracy([judged(true, 0.5), judged(false, 0.5)])).toBe(0.5)
  })

  it('never accepts a pair with a refused picture', () => {
    const refused = Number.NEGATIVE_INFINITY
    expect(pairAccuracy([judged(true, refused), judged(true, refused), judged(false, refused)])).toBeCloseTo(1 / 3)
  })

  it('judges each fold by the threshold of the others', () => {
    const pairs = [judged(true, 0.9, '1'), judged(false, 0.5, '1'), judged(true, 0.6, '2'), judged(false, 0.1, '2')]
    // Fold 2 puts the threshold at 0.35, which accepts the stranger of fold 1; fold 1 puts it at 0.7, which misses one.
    expect(pairAccuracy(pairs)).toBe(0.5)
  })

  it('agrees with trying every threshold', () => {
    const pairs = fc.array(
      fc.record({ same: fc.boolean(), similarity: fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 0.25, 0.5, 0.75, 1) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(pairs, (list) => {
        const rights = [-1, 0.1, 0.3, 0.6, 0.8, 2].map(
          (threshold) => list.filter(({ same, similarity: value }) => same === value >= threshold).length,
        )
        expect(pairAccuracy(list)).toBe(Math.max(...rights) / list.length)
      }),
    )
  })
})

describe('selectImages', () => {
  it('keeps the similarities of the chosen images', () => {
    fc.assert(
      fc.property(anySet, (set) => {
        const images = [...set.persons.keys()].filter((image) => image % 2 === 0).toReversed()
        const selected = selectImages(set, images)
        for (const [i, probe] of images.entries()) {
          for (const [j, template] of images.entries()) {
            expect(similarity(selected, i, j)).toBe(similarity(set, probe, template))
          }
        }
      }),
    )
  })
})
