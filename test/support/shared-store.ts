import type { PersonRecord, Store, StoreChange } from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import { expect } from 'vitest'
import { templateOf } from './color-recognizer.ts'

export type SharedStore = Store & Required<Pick<Store, 'changesSince' | 'onChange'>>

const names: string[] = []

/** Of a database that no other test has. */
export function newDatabase(): string {
  const name = `visavis-shared-${crypto.randomUUID()}`
  names.push(name)
  return name
}

/** Deletes all that {@link newDatabase} named. */
export function deleteDatabases(): void {
  for (const name of names) indexedDB.deleteDatabase(name)
}

/** One store that writes, and one beside it that reads. */
export async function pair(name: string = newDatabase()): Promise<[writing: SharedStore, reading: SharedStore]> {
  const writing = await indexedDbStore({ name })
  const reading = await indexedDbStore({ name })
  expect([writing.isReading, reading.isReading]).toEqual([false, true])
  return [writing as SharedStore, reading as SharedStore]
}

export function person(id: string, number: number, more: Partial<PersonRecord> = {}): PersonRecord {
  const time = '2026-03-09T07:15:00.000Z'
  return {
    id,
    name: `Name ${number}`,
    gender: null,
    dateOfBirth: null,
    nationality: null,
    notes: null,
    collectionIds: [],
    faces: [{ id: 'f', thumbnail: Uint8Array.of(255, 216, 255), modelId: 'colors', template: templateOf(number) }],
    createdAt: time,
    modifiedAt: time,
    ...more,
  }
}

export function put(id: string, number: number, more?: Partial<PersonRecord>): StoreChange {
  return { kind: 'put_person', person: person(id, number, more) }
}

/** Resolves when nobody else writes to the store. */
export async function isWriter(store: Store): Promise<void> {
  while (store.isReading) await new Promise<void>((resolve) => store.onChange?.(resolve))
}

/** Changes the rows of changes behind the stores' backs. */
export async function editChanges(name: string, edit: (rows: IDBObjectStore) => void): Promise<void> {
  const opening = indexedDB.open(name)
  await new Promise((resolve) => {
    opening.addEventListener('success', resolve)
  })
  const transaction = opening.result.transaction('changes', 'readwrite')
  edit(transaction.objectStore('changes'))
  await new Promise((resolve) => {
    transaction.addEventListener('complete', resolve)
  })
  opening.result.close()
}
