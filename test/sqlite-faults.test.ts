import {
  createMatcher,
  exportCollection,
  importCollection,
  isVisavisError,
  type LocalMatcher,
  type PersonRecord,
  type Store,
} from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from './support/color-recognizer.ts'
import { moduleArguments } from './support/run-module.ts'
import { rejects } from './support/rejects.ts'

const time = '2026-01-05T08:00:00.000Z'

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-faults-'))
  await chmod(folder, 0o777)
})
afterAll(() => rm(folder, { recursive: true }))

const newPath = (): string => path.join(folder, `${files++}.db`)

function person(number: number): PersonRecord {
  return {
    id: `p${String(number).padStart(5, '0')}`,
    name: `Name ${number}`,
    gender: null,
    dateOfBirth: '1990-02-03',
    nationality: null,
    notes: null,
    collectionIds: [],
    faces: [
      {
        id: `f${number}`,
        thumbnail: new Uint8Array(2000).fill(number),
        modelId: 'colors',
        template: templateOf(number),
      },
    ],
    createdAt: time,
    modifiedAt: time,
  }
}

async function fill(store: Store, people: number): Promise<void> {
  await store.write(Array.from({ length: people }, (_, i) => ({ kind: 'put_person', person: person(i) })))
}

async function filled(people: number): Promise<string> {
  const file = newPath()
  const store = await sqliteStore({ path: file })
  await fill(store, people)
  await store.close()
  return file
}

async function everybody(store: Store): Promise<PersonRecord[]> {
  return (await store.listPersons({ offset: 0, limit: 100_000 })).persons
}

/** What version 2 kept of a person: the length of the JSON, the JSON, and one part; zeros up to the slot's size. */
function slotOfVersion2(value: object, part: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify({ value, lengths: [part.byteLength] }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.byteLength)
  const content = Buffer.concat([length, json, part])
  return Buffer.concat([content, Buffer.alloc(256 - (content.byteLength % 256 || 256))])
}

/** Who is found with the picture of somebody. */
async function found(matcher: LocalMatcher, number: number): Promise<string[]> {
  const { candidates } = await matcher.search(pictureOf(number), { minScore: 0.9, mode: 'FAST' })
  return candidates.map(({ id }) => id)
}

/** A copy of a file in which one bit is another, of these bytes. */
async function withChangedBit(file: string, within: Uint8Array, bit: number): Promise<string> {
  const bytes = await readFile(file)
  const at = bytes.indexOf(within)
  expect(at).toBeGreaterThan(0)
  const inside = bit % (within.byteLength * 8)
  bytes[at + (inside >> 3)]! ^= 1 << (inside & 7)
  const copy = newPath()
  await writeFile(copy, bytes)
  return copy
}

/** What reading all of a store comes to, that had the people from 0 on. */
async function outcome(file: string): Promise<string> {
  try {
    const store = await sqliteStore({ path: file })
    try {
      await store.checkIntegrity()
      const people = await everybody(store)
      const expected = people.map((_, i) => person(i))
      return isDeepStrictEqual(people, expected) ? 'the same' : 'other people'
    } finally {
      await store.close()
    }
  } catch (error) {
    return isVisavisError(error) ? error.code : String(error)
  }
}

describe('sqliteStore', () => {
  it('brings a store of version 1 to this one, with everybody in it, and leaves no copy of them', async () => {
    const file = newPath()
    const database = new DatabaseSync(file)
    database.exec(`
      CREATE TABLE persons (id TEXT PRIMARY KEY, name TEXT, gender TEXT, date_of_birth TEXT, nationality TEXT,
        notes TEXT, created_at TEXT NOT NULL, modified_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE faces (person_id TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE, position INTEGER NOT NULL,
        id TEXT NOT NULL, thumbnail BLOB NOT NULL, model_id TEXT NOT NULL, template BLOB NOT NULL,
        PRIMARY KEY (person_id, position)) STRICT, WITHOUT ROWID;
      CREATE TABLE collections (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        description TEXT NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL) STRICT;
      CREATE TABLE memberships (person_id TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
        collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        PRIMARY KEY (person_id, collection_id)) STRICT, WITHOUT ROWID;
      CREATE INDEX members ON memberships (collection_id);
      INSERT INTO collections VALUES (1, 'c', 'C', '', '${time}', '${time}');
      PRAGMA application_id = ${0x76736176}; PRAGMA user_version = 1`)
    database.exec('BEGIN')
    for (let i = 0; i < 50; i++) {
      const { id, name, dateOfBirth, faces } = person(i)
      const [face] = faces
      database
        .prepare('INSERT INTO persons VALUES (?, ?, NULL, ?, NULL, NULL, ?, ?)')
        .run(id, name, dateOfBirth, time, time)
      const template = new Uint8Array(face!.template.buffer)
      database
        .prepare('INSERT INTO faces VALUES (?, 0, ?, ?, ?, ?)')
        .run(id, face!.id, face!.thumbnail, face!.modelId, template)
      if (i === 7) database.prepare(`INSERT INTO memberships VALUES (?, 'c')`).run(id)
    }
    database.exec('COMMIT')
    database.close()

    const store = await sqliteStore({ path: file })
    expect(await everybody(store)).toEqual(
      Array.from({ length: 50 }, (_, i) => ({ ...person(i), collectionIds: i === 7 ? ['c'] : [] })),
    )
    await store.checkIntegrity()
    await store.write([{ kind: 'delete_collection', id: 'c' }])
    expect((await everybody(store))[7]?.collectionIds).toEqual([])
    await store.write([{ kind: 'delete_person', id: 'p00009' }])
    await store.finishErasing()
    expect((await readFile(file)).includes('Name 9')).toBe(false)
    await store.close()
  })

  it('brings a store of version 2 to this one, and finds who was damaged in it', async () => {
    const file = newPath()
    const database = new DatabaseSync(file)
    database.exec(`
      CREATE TABLE heads (slot INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
      CREATE TABLE pictures (slot INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
      CREATE TABLE free_slots (kind TEXT NOT NULL, size INTEGER NOT NULL, slot INTEGER NOT NULL,
        PRIMARY KEY (kind, size, slot)) STRICT, WITHOUT ROWID;
      CREATE TABLE persons (id TEXT PRIMARY KEY, head INTEGER NOT NULL, pictures INTEGER NOT NULL,
        created_at TEXT NOT NULL, modified_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE collections (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        description TEXT NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL) STRICT;
      CREATE TABLE memberships (person_id TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
        collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        PRIMARY KEY (person_id, collection_id)) STRICT, WITHOUT ROWID;
      CREATE INDEX members ON memberships (collection_id);
      CREATE TABLE states (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE staged_persons (area TEXT NOT NULL, id TEXT NOT NULL, head INTEGER NOT NULL,
        pictures INTEGER NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL,
        collection_ids TEXT NOT NULL, PRIMARY KEY (area, id)) STRICT, WITHOUT ROWID;
      INSERT INTO collections VALUES (1, 'c', 'C', '', '${time}', '${time}');
      PRAGMA application_id = ${0x76736176}; PRAGMA user_version = 2`)
    const putHead = database.prepare('INSERT INTO heads (bytes) VALUES (?)')
    const putPictures = database.prepare('INSERT INTO pictures (bytes) VALUES (?)')
    database.exec('BEGIN')
    for (let i = 0; i < 50; i++) {
      const { id, name, gender, dateOfBirth, nationality, notes, faces } = person(i)
      const [face] = faces as [PersonRecord['faces'][number]]
      const details = { name, gender, dateOfBirth, nationality, notes, faces: [{ id: face.id, modelId: face.modelId }] }
      const head = slotOfVersion2(details, new Uint8Array(face.template.buffer))
      if (i === 9) head.fill(0xff, 0, 4)
      const slots = [
        putHead.run(head).lastInsertRowid,
        putPictures.run(slotOfVersion2({}, face.thumbnail)).lastInsertRowid,
      ]
      const staged = `INSERT INTO staged_persons VALUES ('x', ?, ?, ?, '${time}', '${time}', '["c"]')`
      const put = i < 48 ? `INSERT INTO persons VALUES (?, ?, ?, '${time}', '${time}')` : staged
      database.prepare(put).run(id, ...slots)
    }
    database.exec(`INSERT INTO memberships VALUES ('p00007', 'c'); COMMIT`)
    database.close()

    const store = await sqliteStore({ path: file })
    await rejects(store.checkIntegrity(), 'store_corrupt')
    expect(await store.deleteDamaged()).toEqual(['p00009'])
    await store.checkIntegrity()
    const expected = Array.from({ length: 48 }, (_, i) => ({ ...person(i), collectionIds: i === 7 ? ['c'] : [] }))
    expect(await everybody(store)).toEqual(expected.toSpliced(9, 1))
    await store.write([
      { kind: 'delete_person', id: 'p00008' },
      { kind: 'put_staged', area: 'x' },
    ])
    const [last] = await store.persons(['p00049'])
    expect(last).toEqual({ ...person(49), collectionIds: ['c'] })
    await store.finishErasing()
    const bytes = await readFile(file)
    expect([8, 9, 10].map((number) => bytes.includes(`"Name ${number}"`))).toEqual([false, false, true])
    await store.close()
  })

  it('opens twice as the same, and finds itself whole', async () => {
    const file = await filled(300)
    const store = await sqliteStore({ path: file })
    await store.checkIntegrity()
    expect(await everybody(store)).toEqual(Array.from({ length: 300 }, (_, i) => person(i)))
    await store.close()
  })

  it('says so where pages are damaged, wherever they are, and gives nobody as somebody else', async () => {
    const file = await filled(300)
    const { size } = await stat(file)
    const outcomes = new Set<string>()
    for (let at = 4096; at < size; at += 4096 * 37) {
      const bytes = await readFile(file)
      bytes.fill(0xa5, at, at + 4096)
      const copy = newPath()
      await writeFile(copy, bytes)
      outcomes.add(await outcome(copy))
    }
    expect([...outcomes].filter((one) => one !== 'store_corrupt' && one !== 'the same')).toEqual([])
    expect(outcomes).toContain('store_corrupt')
  })

  it('matches nobody with a template of whom a bit has changed, and opens again without them', async () => {
    const file = await filled(40)
    const { name, faces } = person(11)
    const [{ template, id: faceId }] = faces as [PersonRecord['faces'][number]]
    const parts = [new Uint8Array(template.buffer), Buffer.from(name ?? ''), Buffer.from(faceId)]
    for (const [i, part] of parts.entries()) {
      const store = await sqliteStore({ path: await withChangedBit(file, part, i * 37 + 5) })
      await rejects(createMatcher({ recognizer: colorRecognizer(), store }), 'store_corrupt')
      await rejects(store.persons(['p00011']), 'store_corrupt')
      await rejects(store.checkIntegrity(), 'store_corrupt')
      expect(await store.persons(['p00010', 'p00012'])).toEqual([person(10), person(12)])
      expect(await store.deleteDamaged()).toEqual(['p00011'])
      await store.checkIntegrity()
      expect(await everybody(store)).toEqual(Array.from({ length: 40 }, (_, n) => person(n)).toSpliced(11, 1))
      await using matcher = await createMatcher({ recognizer: colorRecognizer(), store })
      expect(await found(matcher, 11)).toEqual([])
      expect(await found(matcher, 12)).toEqual(['p00012'])
      await matcher.persons.create({ id: 'p00011', name: 'Again', images: [pictureOf(11)] })
      expect(await found(matcher, 11)).toEqual(['p00011'])
    }
  })

  it('shows no thumbnail of which a bit has changed, and goes on with the others', async () => {
    const file = await filled(40)
    const [face] = person(11).faces
    const store = await sqliteStore({ path: await withChangedBit(file, face!.thumbnail, 9001) })
    await rejects(store.checkIntegrity(), 'store_corrupt')
    await using matcher = await createMatcher({ recognizer: colorRecognizer(), store })
    await rejects(found(matcher, 11), 'store_corrupt')
    expect(await found(matcher, 12)).toEqual(['p00012'])
    await matcher.persons.update('p00012', { name: 'Renamed' })
    await matcher.persons.delete('p00011')
    await store.checkIntegrity()
    expect(await found(matcher, 11)).toEqual([])
  })

  it('gives nobody what is of somebody else, or of another time, and takes nothing from whom it is of', async () => {
    const exchanges = [
      `UPDATE persons SET head = (SELECT head FROM persons WHERE id = 'p00002') WHERE id = 'p00001'`,
      `UPDATE persons SET pictures = (SELECT pictures FROM persons WHERE id = 'p00002') WHERE id = 'p00001'`,
      `UPDATE persons SET id = 'p00001x' WHERE id = 'p00001'`,
      `UPDATE persons SET head = 99999 WHERE id = 'p00001'`,
    ]
    for (const exchange of exchanges) {
      const file = await filled(4)
      const database = new DatabaseSync(file)
      database.exec(exchange)
      database.close()
      const store = await sqliteStore({ path: file })
      await rejects(everybody(store), 'store_corrupt')
      expect(await store.persons(['p00002'])).toEqual([person(2)])
      expect(await store.deleteDamaged()).toHaveLength(1)
      await store.checkIntegrity()
      expect(await everybody(store)).toEqual([person(0), person(2), person(3)])
      await store.close()
    }
  })

  it('finds whom a bit has changed of among those kept for later, and forgets them', async () => {
    const file = newPath()
    const first = await sqliteStore({ path: file })
    await first.write([1, 2].map((number) => ({ kind: 'stage_person', area: 'x', person: person(number) })))
    await first.close()
    const store = await sqliteStore({ path: await withChangedBit(file, person(1).faces[0]!.thumbnail, 8) })
    await rejects(store.checkIntegrity(), 'store_corrupt')
    expect(await store.deleteDamaged()).toEqual([])
    const left = []
    for await (const one of store.staged('x')) left.push(one)
    expect(left).toEqual([person(2)])
    await store.close()
  })

  it('says so where the file is cut off', async () => {
    const file = await filled(300)
    const { size } = await stat(file)
    const whole = await readFile(file)
    for (const share of [0.1, 0.5, 0.9]) {
      await writeFile(file, whole)
      await truncate(file, Math.floor((size * share) / 4096) * 4096)
      await rejects(
        (async () => {
          const store = await sqliteStore({ path: file })
          try {
            await store.checkIntegrity()
          } finally {
            await store.close()
          }
        })(),
        'store_corrupt',
      )
    }
  })

  it('refuses a file it may not write, and leaves it as it was', async () => {
    const file = await filled(3)
    await chmod(file, 0o444)
    // Whoever is root may write everything, so somebody else tries.
    const script = `
      if (process.getuid?.() === 0) process.setuid(65534)
      const { sqliteStore } = await import('@visavis/core/sqlite')
      await sqliteStore({ path: ${JSON.stringify(file)} }).catch((error) => console.log(error.code))`
    const child = spawn(process.execPath, moduleArguments(script), {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.on('data', (text: Buffer) => (told += text.toString()))
    await once(child, 'exit')
    expect(told).toBe('store_unavailable\n')
    await chmod(file, 0o644)
    const store = await sqliteStore({ path: file })
    expect(await everybody(store)).toHaveLength(3)
    await store.close()
  })

  it.skipIf(process.platform === 'win32')(
    'changes nothing where the disk takes no more, and goes on when it does',
    async () => {
      const file = await filled(10)
      // The system refuses to let a file grow, as it does on a full disk.
      const limit = Math.ceil((await stat(file)).size / 512) + 200
      const script = `
      import { sqliteStore } from '@visavis/core/sqlite'
      const store = await sqliteStore({ path: ${JSON.stringify(file)} })
      const [one] = await store.persons(['p00000'])
      const many = Array.from({ length: 500 }, (_, i) => ({ kind: 'put_person', person: { ...one, id: 'n' + i } }))
      await store.write(many).catch((error) => console.log(error.code))
      const { total } = await store.listPersons({ offset: 0, limit: 1 })
      await store.write([{ kind: 'put_person', person: { ...one, id: 'small' } }])
      console.log(total)
      await store.close()`
      const shell = `trap '' XFSZ; ulimit -f ${limit}; exec "$@"`
      const child = spawn('sh', ['-c', shell, 'sh', process.execPath, ...moduleArguments(script)], {
        cwd: import.meta.dirname,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let told = ''
      child.stdout.on('data', (text: Buffer) => (told += text.toString()))
      await once(child, 'exit')
      expect(told).toMatch(/^store_(quota|unavailable)\n10\n$/)
      const store = await sqliteStore({ path: file })
      await store.checkIntegrity()
      expect(await everybody(store)).toHaveLength(11)
      await store.close()
    },
  )

  it('can be moved to another device while it is open, as a file', async () => {
    const store = await sqliteStore({ path: newPath() })
    await fill(store, 120)
    await using from = await createMatcher({ recognizer: colorRecognizer(), store })
    const exported = newPath()
    await using handle = await open(exported, 'w')
    for await (const chunk of exportCollection(from)) await handle.write(chunk)
    await using to = await createMatcher({
      recognizer: colorRecognizer(),
      store: await sqliteStore({ path: newPath() }),
    })
    const chunks = (await open(exported)).createReadStream()
    expect(await importCollection(to, chunks as AsyncIterable<Uint8Array>)).toMatchObject({ people: 120 })
    expect(await to.records.persons(await to.records.ids())).toEqual(await everybody(store))
  })
})
