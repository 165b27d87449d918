import { describe, expect, it } from 'vitest'
import type { TemplateSet } from '../accuracy/template-set.ts'
import { fitCalibration } from './fit-calibration.ts'
import { fitViews } from './fit-views.ts'
import { compareStrangers } from './strangers.ts'

const dimensions = 16
const views = 3

/** A number of a normal distribution, the same for the same place. */
function normal(place: number): number {
  const part = (salt: number): number => Math.abs(Math.sin(place * 12.9898 + salt * 78.233) * 43758.5453) % 1
  return Math.sqrt(-2 * Math.log(1 - part(1))) * Math.cos(2 * Math.PI * part(2))
}

/** People in a narrow cone, as those of face networks, of whom each picture shows something of its own besides. */
function cone(people: number): TemplateSet {
  const rows = new Float32Array(people * views * dimensions)
  for (let image = 0; image < people * views; image++) {
    const person = Math.floor(image / views)
    const row = rows.subarray(image * dimensions, (image + 1) * dimensions)
    for (let i = 0; i < dimensions; i++) {
      const own = normal(person * dimensions + i) * 0.25
      const chance = normal(1e6 + image * dimensions + i) * 0.35
      row[i] = (i === 0 ? 2 : 0) + own + chance
    }
    const length = Math.hypot(...row)
    for (let i = 0; i < dimensions; i++) row[i] = (row[i] as number) / length
  }
  const persons = Int32Array.from({ length: people * views }, (_, image) => Math.floor(image / views))
  return { persons, probes: rows, templates: rows, dimensions, measure: 'cosine' }
}

describe('fitViews', () => {
  it('measures that strangers are likelier with each view more, on either side', () => {
    const set = cone(150)
    const { table } = fitCalibration(compareStrangers(set))
    const { decades, distinct } = fitViews({ fast: table, accurate: table }, { fast: set, accurate: set })
    expect(decades[0]?.[0]).toBe(0)
    const [one = [], two = [], three = []] = decades
    for (const row of [...decades, ...[0, 1, 2].map((j) => [one[j] ?? 0, two[j] ?? 0, three[j] ?? 0])]) {
      expect(row).toEqual(row.toSorted((x, y) => x - y))
    }
    expect(Math.min(one[1] ?? 0, two[0] ?? 0)).toBeGreaterThan(0.1)
    expect(distinct).toBeGreaterThan(0.5)
    expect(distinct).toBeLessThan(1)
  })
})
