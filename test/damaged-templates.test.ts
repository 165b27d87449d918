import { describeDamagedStore, brokenTemplates, writeDamaged } from './contracts/damaged-store.ts'
import { createMatcher, encryptedStore, exportCollection, importCollection, memoryStore } from '@visavis/core'
import type { CheckedStore, PersonRecord } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { colorRecognizer, emptyPicture, pictureOf, templateOf } from './support/color-recognizer.ts'
import { rejects } from './support/rejects.ts'

const search = { minScore: 0.9, mode: 'ACCURATE' } as const
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-'))
})
afterEach(() => rm(folder, { recursive: true }))

const path = (): string => join(folder, 'gate.db')
const open: Record<string, () => Promise<CheckedStore>> = {
  'in a file': () => sqliteStore({ path: path() }),
  encrypted: async () => encryptedStore(await sqliteStore({ path: path() }), { passphrase: 'x' }),
}

for (const [kind, again] of Object.entries(open)) describeDamagedStore(`a store ${kind}`, again)

it('leaves encrypted people alone where it is opened without its secret', async () => {
  await writeDamaged(await (open['encrypted'] as () => Promise<CheckedStore>)(), templateOf(1))
  const file = await sqliteStore({ path: path() })
  await file.checkIntegrity()
  expect(await file.deleteDamaged()).toEqual([])
  expect((await file.listPersons({ offset: 0, limit: 0 })).total).toBe(3)
  await file.close()
})

describe.each(Object.keys(brokenTemplates))('templates %s', (what) => {
  const template = brokenTemplates[what] as Float32Array

  it('come into no gallery: not from a recognizer, not as records, not from a file', async () => {
    const good = colorRecognizer()
    const recognizer = {
      ...good,
      recognize: async (...given: Parameters<typeof good.recognize>) => {
        const found = await good.recognize(...given)
        return isBroken ? { ...found, template } : found
      },
    }
    let isBroken = false
    await using matcher = await createMatcher({ recognizer, store: memoryStore() })
    await matcher.persons.create({ id: 'p1', name: '1', images: [pictureOf(1)] })
    isBroken = true
    await rejects(matcher.persons.create({ id: 'p2', name: '2', images: [pictureOf(2)] }), 'dimension_mismatch')
    await rejects(matcher.persons.update('p1', { images: [pictureOf(2)] }), 'dimension_mismatch')
    await rejects(matcher.search(pictureOf(1), search), 'dimension_mismatch')
    await rejects(matcher.verify('p1', pictureOf(1), search), 'dimension_mismatch')
    await rejects(matcher.compare(pictureOf(1), pictureOf(1), search), 'dimension_mismatch')
    isBroken = false
    const [person] = (await matcher.records.persons(['p1'])) as [PersonRecord]
    const faces = person.faces.map((face) => ({ ...face, template }))
    const put = { kind: 'put_person', person: { ...person, faces } } as const
    await rejects(matcher.records.apply([put]), 'dimension_mismatch')
    await rejects(matcher.records.apply([{ ...put, kind: 'stage_person', area: 'a' }]), 'dimension_mismatch')
    const records = { ...matcher.records, persons: async () => [{ ...person, id: 'p3', faces }] }
    await rejects(importCollection(matcher, exportCollection({ records })), 'store_corrupt')
    expect(await matcher.records.ids()).toEqual(['p1'])
    expect(await matcher.verify('p1', pictureOf(1), search)).toMatchObject({ match: { id: 'p1' } })
    await rejects(matcher.search(emptyPicture, search), 'no_face')
  })
})
