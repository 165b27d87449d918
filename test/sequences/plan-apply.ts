import type { ErrorCode, FaceRecord, StoreChange } from '@visavis/core'
import { templateOf } from '../support/color-recognizer.ts'
import type { GalleryModel, ModelPerson, Outcome } from './gallery-model.ts'
import { facesOf, recordOf, spoiled } from './step-records.ts'
import type { ApplyChange, PersonStep } from './step.ts'

const nobody: Omit<PersonStep, 'id'> = { name: 'x', notes: null, dateOfBirth: null, numbers: [], collections: [] }

/** Changes as records, and what must come of them; the model has them then. */
export async function planApply(
  given: readonly ApplyChange[],
  after: GalleryModel,
): Promise<{ changes: StoreChange[]; outcome: Outcome }> {
  const changes: StoreChange[] = []
  const outcome = new Set<ErrorCode>()
  for (const change of given) {
    if (change.kind === 'delete') {
      after.delete(change.id)
      changes.push({ kind: 'delete_person', id: change.id })
      continue
    }
    if (change.kind === 'join' || change.kind === 'leave') {
      const kind = change.kind === 'join' ? 'join_collection' : 'leave_collection'
      for (const code of after[change.kind](change.id, change.collectionId)) outcome.add(code)
      const modifiedAt = '2026-03-10T07:15:00.000Z'
      changes.push({ kind, personId: change.id, collectionId: change.collectionId, modifiedAt })
      continue
    }
    if (change.kind === 'bad_template') {
      const template = spoiled(templateOf(3, after.modelId), change.spoil)
      const [face] = await facesOf([3], after.modelId)
      const person = recordOf({ ...nobody, id: change.id }, [{ ...(face as FaceRecord), template }])
      changes.push({ kind: 'put_person', person })
      outcome.add('dimension_mismatch')
      after.persons.set(change.id, modelOf(nobody, after.modelId, false))
      continue
    }
    const { person } = change
    const isSynced = after.persons.get(person.id)?.isSynced ?? false
    after.persons.set(person.id, modelOf(person, after.modelId, isSynced))
    if (person.collections.some((id) => !after.collections.has(id))) outcome.add('collection_not_found')
    changes.push({ kind: 'put_person', person: recordOf(person, await facesOf(person.numbers, after.modelId)) })
  }
  return { changes, outcome: [...outcome] }
}

function modelOf(
  { name, notes, dateOfBirth, collections, numbers }: Omit<PersonStep, 'id'>,
  modelId: string,
  isSynced: boolean,
): ModelPerson {
  const faces = numbers.map((number) => ({ number, modelId }))
  return { name, notes, dateOfBirth, collections: new Set(collections), faces, isSynced }
}
