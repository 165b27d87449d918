import type { LocalMatcher } from '@visavis/core'
import type { GalleryModel } from './gallery-model.ts'
import { numberOfTemplate } from './number-of-template.ts'

/** A gallery as it can be compared, in one order. */
export interface Description {
  readonly persons: [id: string, person: DescribedPerson][]
  readonly collections: [id: string, name: string][]
}

interface DescribedPerson {
  readonly name: string | null
  readonly notes: string | null
  readonly dateOfBirth: string | null
  readonly collections: readonly string[]
  readonly faces: readonly { number: number | null; modelId: string }[]
  readonly isSynced: boolean
}

/** What the model says must be there. */
export function describeModel(model: GalleryModel): Description {
  return {
    persons: model.members().map((id) => {
      const person = model.persons.get(id) as NonNullable<ReturnType<GalleryModel['persons']['get']>>
      const { name, notes, dateOfBirth, faces, isSynced } = person
      return [
        id,
        { name, notes, dateOfBirth, collections: [...person.collections].sort(), faces: [...faces], isSynced },
      ]
    }),
    collections: [...model.collections].map(([id, { name }]): [string, string] => [id, name]).sort(),
  }
}

/** What is there, by the gallery's own records. */
export async function describeGallery({ records }: LocalMatcher): Promise<Description> {
  const people = await records.persons(await records.ids())
  const notes = new Set((await records.states('sync/person/')).map(([key]) => key.slice('sync/person/'.length)))
  return {
    persons: people.map(({ id, name, notes: text, dateOfBirth, collectionIds, faces }) => [
      id,
      {
        name,
        notes: text,
        dateOfBirth,
        collections: [...collectionIds].sort(),
        faces: faces.map(({ modelId, template }) => ({ number: numberOfTemplate(template, modelId), modelId })),
        isSynced: notes.has(id),
      },
    ]),
    collections: (await records.collections()).map(({ id, name }): [string, string] => [id, name]).sort(),
  }
}

export function isSame(a: Description, b: Description): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
