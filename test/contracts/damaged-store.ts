import { createMatcher, type CheckedStore, type PersonRecord } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from '../support/color-recognizer.ts'
import { rejects } from '../support/rejects.ts'

const search = { minScore: 0.9, mode: 'ACCURATE' } as const

/** Templates that no gallery takes, by what they are. */
export const brokenTemplates: Readonly<Record<string, Float32Array>> = {
  'that are not finite': templateOf(1).fill(Number.NaN, 3, 4),
  'that are infinite': templateOf(1).fill(Infinity, 3, 4),
  'of another length': Float32Array.of(1, 0, 0),
  'that are a thousand long': templateOf(1).map((value) => value * 1000),
}

/** Writes a store as a version did that did not check templates. */
export async function writeDamaged(store: CheckedStore, template: Float32Array): Promise<void> {
  const matcher = await createMatcher({ recognizer: colorRecognizer(), store })
  for (const number of [1, 2, 3]) {
    await matcher.persons.create({ id: `p${number}`, name: `${number}`, images: [pictureOf(number)] })
  }
  const [person] = (await store.persons(['p1'])) as [PersonRecord]
  const faces = person.faces.map((face) => ({ ...face, template }))
  await store.write([
    { kind: 'put_person', person: { ...person, faces } },
    { kind: 'stage_person', area: 'sync/staged/x', person: { ...person, id: 'staged', faces } },
  ])
  await matcher.close()
}

/** @param again Opens the same store each time in one test, and a new one in the next. */
export function describeDamagedStore(name: string, again: () => Promise<CheckedStore>): void {
  describe(`${name} with templates`, () => {
    it.each(Object.keys(brokenTemplates))(
      '%s opens, answers nothing without those people, and is mended',
      async (what) => {
        await writeDamaged(await again(), brokenTemplates[what] as Float32Array)
        await using matcher = await createMatcher({ recognizer: colorRecognizer(), store: await again() })
        expect(await matcher.outdatedPeople()).toBe(1)
        await rejects(matcher.search(pictureOf(2), search), 'model_mismatch')
        expect(await matcher.reembed()).toEqual({ people: 1, failed: [] })
        for (const number of [1, 2, 3]) {
          expect((await matcher.search(pictureOf(number), search)).candidates.map(({ id }) => id)).toEqual([
            `p${number}`,
          ])
        }
      },
    )

    it.each(Object.keys(brokenTemplates))(
      '%s is found to be damaged, and loses only those people by repair',
      async (what) => {
        await writeDamaged(await again(), brokenTemplates[what] as Float32Array)
        const store = await again()
        const models = { models: [colorRecognizer().model] }
        await rejects(store.checkIntegrity(models), 'store_corrupt')
        await rejects(store.checkIntegrity(), 'store_corrupt')
        expect(await store.deleteDamaged(models)).toEqual(['p1'])
        await store.checkIntegrity()
        expect(await store.areas()).toEqual([])
        await using matcher = await createMatcher({ recognizer: colorRecognizer(), store })
        expect((await matcher.search(pictureOf(2), search)).candidates.map(({ id }) => id)).toEqual(['p2'])
        expect(await matcher.persons.get('p1')).toBeNull()
      },
    )
  })
}
