import {
  createMatcher,
  encryptedStore,
  type LocalMatcher,
  type PersonRecord,
  type SnapshotStorage,
} from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import fc from 'fast-check'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colorRecognizer, dimensions, pictureOf, templateOf } from './support/color-recognizer.ts'

const time = '2026-01-05T08:00:00.000Z'

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'visavis-erasure-'))
})
afterAll(() => rm(root, { recursive: true }))

const newFolder = (): Promise<string> => mkdtemp(path.join(root, 'store-'))

/** Bytes that are nobody else's: as good as random, and the same for the same seed. */
function bytes(seed: number, length: number): Uint8Array {
  let state = seed * 2_654_435_761 + 1
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

function person(id: string, seed: number, size = 3000): PersonRecord {
  return {
    id,
    name: `Name-${seed}-of-somebody`,
    gender: 'F',
    dateOfBirth: null,
    nationality: `Country-${seed}-of-somebody`,
    notes: `Notes-${seed}-of-somebody`,
    collectionIds: [],
    faces: [0, 1].map((view) => ({
      id: `${id}-${view}`,
      thumbnail: bytes(seed * 2 + view, size),
      modelId: 'colors',
      template: templateOf(seed * 2 + view),
    })),
    createdAt: time,
    modifiedAt: time,
  }
}

/** What of a person must not be found: texts, and pieces of their bytes, since a database cuts long ones to pages. */
function traces({ name, nationality, notes, faces }: PersonRecord): Buffer[] {
  const texts = [name, nationality, notes].map((text) => Buffer.from(text ?? ''))
  const blobs = faces.flatMap(({ thumbnail, template }) => [
    Buffer.from(thumbnail),
    Buffer.from(template.buffer, template.byteOffset, template.byteLength),
  ])
  const pieces = blobs.flatMap((blob) =>
    Array.from({ length: Math.floor(blob.byteLength / 16) }, (_, i) => blob.subarray(i * 16, i * 16 + 16)),
  )
  return [...texts, ...pieces]
}

function contents(folder: string): Promise<Buffer[]> {
  return readdir(folder).then((files) => Promise.all(files.map((file) => readFile(path.join(folder, file)))))
}

/** How many traces of people the files of a folder hold. All are looked for at once, by what they begin with. */
async function left(folder: string, ...records: PersonRecord[]): Promise<number> {
  const byStart = new Map<number, Buffer[]>()
  for (const trace of records.flatMap(traces)) {
    const start = trace.readUInt32LE()
    byStart.set(start, [...(byStart.get(start) ?? []), trace])
  }
  const found = new Set<Buffer>()
  for (const file of await contents(folder)) {
    for (let at = 0; at + 4 <= file.byteLength; at++) {
      for (const trace of byStart.get(file.readUInt32LE(at)) ?? []) {
        if (file.subarray(at, at + trace.byteLength).equals(trace)) found.add(trace)
      }
    }
  }
  return found.size
}

function snapshotIn(folder: string): SnapshotStorage {
  const file = path.join(folder, 'graph')
  return {
    read: () => readFile(file).catch(() => undefined),
    write: (saved) => writeFile(file, saved),
    erase: () => rm(file, { force: true }),
  }
}

describe('erasure', () => {
  it('leaves in the files of a store nothing of whom was deleted or replaced, and all of the others', async () => {
    const who = fc.nat(30)
    const step = fc.record({
      kind: fc.constantFrom('put', 'put', 'put', 'delete'),
      who,
      size: fc.constantFrom(0, 10, 900, 3000, 9000),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
        const folder = await newFolder()
        const store = await sqliteStore({ path: path.join(folder, 'people.db') })
        const gone: PersonRecord[] = []
        const there = new Map<string, PersonRecord>()
        for (const [seed, { kind, who: number, size }] of steps.entries()) {
          const id = `p${number}`
          const before = there.get(id)
          if (before !== undefined) gone.push(before)
          there.delete(id)
          const record = person(id, seed + 1, size)
          await store.write([kind === 'put' ? { kind: 'put_person', person: record } : { kind: 'delete_person', id }])
          if (kind === 'put') there.set(id, record)
        }
        await store.finishErasing()
        expect(await left(folder, ...gone)).toBe(0)
        const everything = [...there.values()].flatMap(traces).length
        expect(await left(folder, ...there.values())).toBeGreaterThan(everything * 0.9)
        await store.close()
        expect(await left(folder, ...gone)).toBe(0)
        await rm(folder, { recursive: true })
      }),
      { numRuns: 10 },
    )
  })

  it('leaves nothing in database, journal and snapshot when persons.delete and persons.update have resolved', async () => {
    const folder = await newFolder()
    const snapshot = snapshotIn(folder)
    const store = await sqliteStore({ path: path.join(folder, 'people.db') })
    const everybody = Array.from({ length: 60 }, (_, i) => person(`p${i}`, i))
    await store.write(everybody.map((one) => ({ kind: 'put_person', person: one })))
    const index = { kind: 'usearch' as const, graphFrom: 10, snapshot }
    await using matcher = await createMatcher({ recognizer: colorRecognizer(), store, index })
    await matcher.settled()
    expect(await readdir(folder)).toContain('graph')
    await matcher.persons.delete('p7')
    expect(await left(folder, everybody[7]!)).toBe(0)
    expect(await readdir(folder)).not.toContain('graph')
    await matcher.persons.update('p8', { name: 'Renamed', nationality: null, notes: null, images: [pictureOf(4000)] })
    expect(await left(folder, everybody[8]!)).toBe(0)
    await matcher.records.apply([{ kind: 'delete_person', id: 'p9' }])
    expect(await left(folder, everybody[9]!)).toBe(0)
    expect(await left(folder, everybody[10]!)).toBeGreaterThan(100)
    for (const number of [7, 8, 9]) {
      const { candidates } = await matcher.search(pictureOf(number * 2), { minScore: 0.7, mode: 'FAST' })
      expect(candidates.map(({ id, score }) => [id, score])).toEqual([])
    }
  })

  it('is made up for in a saved graph, too, that is not read any more', async () => {
    const folder = await newFolder()
    const snapshot = snapshotIn(folder)
    const index = { kind: 'usearch' as const, graphFrom: 10, snapshot }
    const open = async (): Promise<LocalMatcher> => {
      const store = await sqliteStore({ path: path.join(folder, 'people.db') })
      return createMatcher({ recognizer: colorRecognizer(), store, index })
    }
    const everybody = Array.from({ length: 12 }, (_, i) => person(`p${i}`, i))
    let matcher = await open()
    await matcher.records.apply(everybody.map((one) => ({ kind: 'put_person', person: one })))
    await matcher.settled()
    await matcher.close()
    // As a process leaves it that is killed after its write to the store.
    const store = await sqliteStore({ path: path.join(folder, 'people.db') })
    await store.write(everybody.slice(4).map(({ id }) => ({ kind: 'delete_person', id })))
    await store.close()
    expect(await readdir(folder)).toContain('graph')
    matcher = await open()
    await matcher.settled()
    expect(await readdir(folder)).not.toContain('graph')
    await matcher.close()
  })

  it('leaves nothing of what was kept for later', async () => {
    const folder = await newFolder()
    const store = await sqliteStore({ path: path.join(folder, 'people.db') })
    const [a, b] = [person('a', 1), person('b', 2)]
    await store.write([
      { kind: 'stage_person', area: 'x', person: a },
      { kind: 'stage_person', area: 'x', person: b },
    ])
    await store.write([{ kind: 'put_staged', area: 'x' }])
    await store.write([{ kind: 'stage_person', area: 'y', person: { ...person('c', 3) } }])
    await store.write([
      { kind: 'delete_person', id: 'a' },
      { kind: 'delete_staged', area: 'y' },
    ])
    await store.finishErasing()
    expect(await left(folder, a)).toBe(0)
    expect(await left(folder, person('c', 3))).toBe(0)
    expect(await left(folder, b)).toBeGreaterThan(100)
    await store.close()
  })

  it('is made up for at the next start where the process ended before it', async () => {
    const folder = await newFolder()
    const file = path.join(folder, 'people.db')
    const store = await sqliteStore({ path: file })
    const gone = person('a', 1)
    await store.write([
      { kind: 'put_person', person: gone },
      { kind: 'put_person', person: person('b', 2) },
    ])
    await store.write([{ kind: 'delete_person', id: 'a' }])
    // What a killed process leaves behind.
    const after = await newFolder()
    for (const name of await readdir(folder)) {
      await writeFile(path.join(after, name), await readFile(path.join(folder, name)))
    }
    await store.close()
    expect(await left(after, gone)).toBeGreaterThan(100)
    const opened = await sqliteStore({ path: path.join(after, 'people.db') })
    expect(await left(after, gone)).toBe(0)
    expect(await opened.persons(['a', 'b'])).toHaveLength(1)
    await opened.close()
  })

  it('is not needed in an encrypted store to hide who is enrolled', async () => {
    const folder = await newFolder()
    const inner = await sqliteStore({ path: path.join(folder, 'people.db') })
    const store = await encryptedStore(inner, { key: new Uint8Array(32) })
    await store.write([
      { kind: 'put_person', person: person('a', 1) },
      { kind: 'stage_person', area: 'x', person: person('b', 2) },
      { kind: 'put_state', key: 'k', value: 'Notes-9-of-somebody' },
    ])
    expect(templateOf(1)).toHaveLength(dimensions)
    expect(await left(folder, person('a', 1))).toBe(0)
    expect(await left(folder, person('b', 2))).toBe(0)
    expect(await left(folder, person('c', 9))).toBe(0)
    await store.close()
  })
})
