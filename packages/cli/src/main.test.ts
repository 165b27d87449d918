import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { stagedNoteKey, type PersonRecord, type StoreChange } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { facePicture, groupPicture, noisePicture, wallPicture } from './testing/face-pictures.ts'
import { runVisavis, type Run } from './testing/run-visavis.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'visavis-cli-'))
const store = path.join(folder, 'team.db')
const people = path.join(folder, 'people')
const probe = path.join(folder, 'probe.jpg')
const strangerProbe = path.join(folder, 'stranger.jpg')
const wall = path.join(folder, 'wall.jpg')
/** Of the first enrollment, with --json. */
let enrollment: Run

interface EnrollmentDocument {
  collection: string | null
  enrolled: { id: string; name: string; pictures: string[] }[]
  skipped: { id: string; name: string }[]
  failed: { name: string; message: string }[]
  refused: { file: string; code: string; message: string; reasons: string[] }[]
  interrupted: boolean
}

function write(file: string, content: string | Buffer): string {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

beforeAll(async () => {
  const good = await facePicture('photo3Middle')
  write(path.join(people, 'Ana_Díaz', '1.jpg'), good)
  write(path.join(people, 'Ana_Díaz', '2.jpg'), await facePicture('photo3Middle', { shift: 0.1 }))
  for (const name of ['1.jpg', '2.jpg', '3.jpg', '4.jpg']) {
    write(path.join(people, 'Bea', name), await facePicture('photo6Right', { shift: Number(name[0]) / 20 }))
  }
  write(path.join(people, 'Cleo', '1-text.jpg'), 'Dear diary, this is not a picture.')
  write(path.join(people, 'Cleo', '2-noise.jpg'), await noisePicture())
  write(path.join(people, 'Cleo', '3-wall.jpg'), await wallPicture())
  write(path.join(people, 'Cleo', '4-truncated.jpg'), good.subarray(0, good.length / 2))
  write(path.join(people, 'Cleo', '5-good.jpg'), await facePicture('photo6Left'))
  write(path.join(people, 'Dora', 'wall.jpg'), await wallPicture())
  write(path.join(people, 'stray.jpg'), good)
  write(probe, await facePicture('photo3Middle', { shift: 0.2, mirrored: true }))
  write(strangerProbe, await facePicture('photo3Left'))
  write(wall, await wallPicture())
  enrollment = await runVisavis(['enroll', people, '--store', store, '--collection', 'Staff', '--json'])
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('visavis enroll', () => {
  it('enrolls each folder as one person with at most three pictures, and says so in one JSON document', () => {
    expect(enrollment).toMatchObject({ code: 0, stderr: '' })
    const document = JSON.parse(enrollment.stdout) as EnrollmentDocument
    expect(document).toMatchObject({ collection: 'Staff', skipped: [], interrupted: false })
    expect(document.enrolled.map(({ name, pictures }) => [name, pictures.map((file) => path.basename(file))])).toEqual([
      ['Ana Díaz', ['1.jpg', '2.jpg']],
      ['Bea', ['1.jpg', '2.jpg', '3.jpg']],
      ['Cleo', ['5-good.jpg']],
    ])
  })

  it('lists refused pictures with the reason, and people of whom no picture is left', () => {
    const { refused, failed } = JSON.parse(enrollment.stdout) as EnrollmentDocument
    const reasons = Object.fromEntries(refused.map(({ file, code }) => [path.basename(file), code]))
    expect(reasons).toMatchObject({
      '1-text.jpg': 'invalid_image',
      '2-noise.jpg': 'no_face',
      '3-wall.jpg': 'no_face',
      '4-truncated.jpg': 'invalid_image',
      'wall.jpg': 'no_face',
      'stray.jpg': 'misplaced',
    })
    for (const { message } of refused) expect(message).toMatch(/^\S.{10,}\.$/)
    expect(failed).toEqual([expect.objectContaining({ name: 'Dora', message: 'None of the pictures can be used.' })])
  })

  it('passes over the people who are there when it runs again, in text without colors when piped', async () => {
    const { code, stdout, stderr } = await runVisavis(['enroll', people, '--store', store, '--collection', 'Staff'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain('Enrolled 0 people')
    expect(stdout).toContain('Passed over 3 people')
    expect(stdout).toContain('stray.jpg')
    expect(stdout).not.toContain('\u{1b}')
  })

  it('prints names that hold control characters harmlessly, and exits with 1 where nobody can be enrolled', async () => {
    const hostile = path.join(folder, 'hostile')
    const name = process.platform === 'win32' ? 'Eve' : 'Eve\u{1b}[31m\u{9b}31m\u{202e}'
    write(path.join(hostile, name, 'wall.jpg'), await wallPicture())
    const { code, stdout, stderr } = await runVisavis(['enroll', hostile, '--store', path.join(folder, 'hostile.db')])
    expect(code).toBe(1)
    expect(stdout).toContain('Eve')
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u{202e}]/u)
  })

  it.skipIf(process.platform === 'win32')(
    'stops between two people at an interrupt and keeps who is enrolled',
    async () => {
      const crowd = path.join(folder, 'crowd')
      const crowdStore = path.join(folder, 'crowd.db')
      const picture = await facePicture('photo3Middle')
      for (let i = 1; i <= 25; i++) write(path.join(crowd, `Person_${i}`, '1.jpg'), picture)
      const args = ['enroll', crowd, '--store', crowdStore, '--json']
      const stopped = await runVisavis(args, {
        onStart: (kill) => void grown(crowdStore).then(() => kill('SIGINT')),
      })
      expect(stopped).toMatchObject({ code: 130, stderr: '' })
      const { enrolled, interrupted } = JSON.parse(stopped.stdout) as EnrollmentDocument
      expect(interrupted).toBe(true)
      expect(enrolled.length).toBeGreaterThan(0)
      expect(enrolled.length).toBeLessThan(25)
      const again = JSON.parse((await runVisavis(args)).stdout) as EnrollmentDocument
      expect(again.skipped.map(({ id }) => id)).toEqual(enrolled.map(({ id }) => id))
      expect(again.enrolled).toHaveLength(25 - enrolled.length)
    },
  )
})

describe('visavis search', () => {
  it('finds in another process who was enrolled, with 0', async () => {
    const { code, stdout } = await runVisavis(['search', probe, '--store', store, '--json', '--mode', 'fast'])
    expect(code).toBe(0)
    const { candidates, source } = JSON.parse(stdout) as { candidates: Record<string, unknown>[]; source: string }
    expect(source).toBe('local')
    expect(candidates[0]).toMatchObject({ name: 'Ana Díaz', collections: [{ name: 'Staff' }], views: 2 })
    expect(candidates[0]?.['score']).toBeGreaterThanOrEqual(0.7)
    expect(stdout).not.toContain('template')
  })

  it('prints a table with what the score means', async () => {
    const { code, stdout, stderr } = await runVisavis(['search', probe, '--store', store, '--collection', 'Staff'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Found \d (person|people)\.\n/)
    expect(stdout).toMatch(/1 {2}Ana Díaz {2}[01]\.\d\d {3}\S.*one stranger in [\d,]+/)
    expect(stdout).not.toContain('\u{1b}')
  })

  it('finds nobody for a stranger, with 1', async () => {
    const { code, stdout } = await runVisavis([
      'search',
      strangerProbe,
      '--store',
      store,
      '--json',
      '--min-score',
      '0.8',
    ])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ candidates: [], minScore: 0.8, mode: 'ACCURATE' })
  })

  it('says that a picture shows no face, with 1', async () => {
    const { code, stdout, stderr } = await runVisavis(['search', wall, '--store', store, '--json'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'no_face', message: expect.stringContaining('No face'), reasons: [] },
    })
  })

  it('fails with 3 where the store is damaged, and shows the stack only to those who ask', async () => {
    const broken = write(path.join(folder, 'broken.db'), 'This is no database. '.repeat(100))
    const [plain, debug] = await Promise.all([
      runVisavis(['search', probe, '--store', broken]),
      runVisavis(['search', probe, '--store', broken], { env: { VISAVIS_DEBUG: '1' } }),
    ])
    expect(plain).toMatchObject({ code: 3, stdout: '' })
    expect(plain.stderr).toMatch(/^error: .+\n$/)
    expect(debug.code).toBe(3)
    expect(debug.stderr).toMatch(/\n +at /)
  })
})

describe('visavis verify', () => {
  it('tells whether a picture shows the person, with 0 and 1', async () => {
    const { enrolled } = JSON.parse(enrollment.stdout) as EnrollmentDocument
    const id = enrolled.find(({ name }) => name === 'Ana Díaz')?.id ?? ''
    const same = await runVisavis(['verify', id, probe, '--store', store])
    expect(same).toMatchObject({ code: 0, stderr: '' })
    expect(same.stdout).toMatch(/^This is Ana Díaz: score [01]\.\d\d \(.*stranger.*\), at least 0\.70 /)
    const other = await runVisavis(['verify', id, strangerProbe, '--store', store, '--json'])
    expect(other.code).toBe(1)
    expect(JSON.parse(other.stdout)).toMatchObject({ match: false, person: null, score: expect.any(Number) })
  })

  it('refuses an unknown id with 2', async () => {
    const { code, stderr } = await runVisavis(['verify', 'nobody', probe, '--store', store])
    expect(code).toBe(2)
    expect(stderr).toContain('Nobody with the id nobody is enrolled')
  })
})

describe('visavis export, import, erase and reembed', () => {
  it('moves a collection to another store, encrypted, where it is found', async () => {
    const passphrase = write(path.join(folder, 'passphrase.txt'), 'a horse on a battery\n')
    const file = path.join(folder, 'staff.visavis')
    const secret = ['--passphrase-file', passphrase]
    const exported = await runVisavis(['export', file, '--store', store, '--collection', 'Staff', ...secret])
    expect(exported).toMatchObject({ code: 0, stderr: '' })
    expect(exported.stdout).toMatch(/^Exported 3 people to .*staff\.visavis, encrypted\.\n$/)
    expect(readFileSync(file).includes('Ana')).toBe(false)
    expect(await runVisavis(['export', file, '--store', store])).toMatchObject({ code: 2 })

    const other = path.join(folder, 'other.db')
    const refused = await runVisavis(['import', file, '--store', other])
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('passphrase')
    const imported = await runVisavis(['import', file, '--store', other, ...secret, '--json'])
    expect(imported).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(imported.stdout)).toMatchObject({ people: 3, replaced: 0, collections: [{ name: 'Staff' }] })
    const found = await runVisavis(['search', probe, '--store', other, '--collection', 'Staff', '--json'])
    expect(JSON.parse(found.stdout)).toMatchObject({ candidates: [{ name: 'Ana Díaz' }] })
    expect(await runVisavis(['reembed', '--store', other])).toMatchObject({
      code: 0,
      stdout: '0 people have new templates.\n',
    })
  })

  it('finds who is damaged in a store that does not open any more, and takes them out', async () => {
    const damaged = path.join(folder, 'damaged.db')
    writeFileSync(damaged, readFileSync(store))
    expect(await runVisavis(['check', '--store', damaged])).toMatchObject({ code: 0, stderr: '' })
    const bytes = readFileSync(damaged)
    bytes.write('B', bytes.indexOf('Ana Díaz'))
    writeFileSync(damaged, bytes)
    const { enrolled } = JSON.parse(enrollment.stdout) as EnrollmentDocument
    const { id } = enrolled.find(({ name }) => name === 'Ana Díaz')!
    for (const command of [['search', probe], ['check']]) {
      const { code, stderr } = await runVisavis([...command, '--store', damaged])
      expect(code).toBe(3)
      expect(stderr).toContain('visavis check --repair')
    }
    const repaired = await runVisavis(['check', '--repair', '--store', damaged, '--json'])
    expect(JSON.parse(repaired.stdout)).toEqual({ whole: true, deleted: [id] })
    expect((await runVisavis(['search', probe, '--store', damaged])).code).toBeLessThan(2)
  })

  it('erases a person, and proves it in the bytes of the store', async () => {
    const other = path.join(folder, 'erased.db')
    writeFileSync(other, readFileSync(store))
    const { enrolled } = JSON.parse(enrollment.stdout) as EnrollmentDocument
    const { id, name } = enrolled.find((person) => person.name === 'Ana Díaz')!
    expect(readFileSync(other).includes(name)).toBe(true)
    const erased = await runVisavis(['erase', id, '--store', other, '--verify', '--json'])
    expect(erased).toMatchObject({ code: 0, stderr: '' })
    const document = JSON.parse(erased.stdout) as { traces: number; bytes: number }
    expect(document).toMatchObject({ erased: true, verified: true, found: 0 })
    expect(document.traces).toBeGreaterThan(50)
    expect(document.bytes).toBe(statSync(other).size)
    expect(readFileSync(other).includes(name)).toBe(false)
    expect(await runVisavis(['search', probe, '--store', other])).toMatchObject({ code: 1 })
    expect(await runVisavis(['erase', id, '--store', other])).toMatchObject({ code: 2 })
  })

  it('erases also what an interrupted sync has put by of a person, and who is there nowhere else', async () => {
    const other = path.join(folder, 'interrupted.db')
    writeFileSync(other, readFileSync(store))
    const { enrolled } = JSON.parse(enrollment.stdout) as EnrollmentDocument
    const { id } = enrolled.find((person) => person.name === 'Ana Díaz')!
    const area = 'sync/staged/gate'
    const written = await sqliteStore({ path: other })
    const [ana] = (await written.persons([id])) as [PersonRecord]
    const renamed = { ...ana, name: 'Anabel Díaz Lund' }
    const face = {
      id: 'face',
      thumbnail: await facePicture('photo3Left'),
      modelId: 'any',
      template: Float32Array.of(1),
    }
    const unseen = { ...ana, id: 'not-enrolled', name: 'Somebody Else', faces: [face] }
    await written.write(
      [renamed, unseen].flatMap((person): StoreChange[] => [
        { kind: 'stage_person', area, person },
        { kind: 'put_state', key: stagedNoteKey(area, person.id), value: '{}' },
      ]),
    )
    await written.close()
    for (const one of [renamed, unseen]) {
      expect(readFileSync(other).includes(one.name)).toBe(true)
      const erased = await runVisavis(['erase', one.id, '--store', other, '--verify', '--json'])
      expect(erased).toMatchObject({ code: 0, stderr: '' })
      expect(JSON.parse(erased.stdout)).toMatchObject({ erased: true, verified: true, found: 0 })
      expect(readFileSync(other).includes(one.name)).toBe(false)
    }
    expect(await runVisavis(['erase', unseen.id, '--store', other])).toMatchObject({ code: 2 })
  })

  it('keeps people encrypted where the environment has a passphrase', async () => {
    const other = path.join(folder, 'encrypted.db')
    const file = path.join(folder, 'all.visavis')
    await runVisavis(['export', file, '--store', store])
    const env = { VISAVIS_STORE_PASSPHRASE: 'correct' }
    expect(await runVisavis(['import', file, '--store', other], { env })).toMatchObject({ code: 0, stderr: '' })
    // Longer than what random bytes say by chance.
    expect([store, other].map((each) => readFileSync(each).includes('Ana Díaz'))).toEqual([true, false])
    expect(await runVisavis(['search', probe, '--store', other], { env })).toMatchObject({ code: 0 })
    expect(await runVisavis(['search', probe, '--store', other])).toMatchObject({ code: 3 })
  })
})

describe('visavis detect', () => {
  it('finds a face, writes its crop, and finds none on a wall', async () => {
    const crops = path.join(folder, 'crops')
    const found = await runVisavis(['detect', probe, '--crops', crops, '--json'])
    expect(found).toMatchObject({ code: 0, stderr: '' })
    const { faces } = JSON.parse(found.stdout) as { faces: { crop: string; quality: { reasons: string[] } }[] }
    expect(faces).toHaveLength(1)
    const { format, width } = await sharp(readFileSync(faces[0]?.crop ?? '')).metadata()
    expect({ format, width }).toEqual({ format: 'jpeg', width: 120 })
    expect(await runVisavis(['detect', wall])).toEqual({ code: 1, stdout: 'No face found.\n', stderr: '' })
  })
})

describe('visavis demo', () => {
  it('runs on a folder of photographs, judges itself, and draws the contact sheet', async () => {
    const photographs = path.join(folder, 'photographs')
    write(path.join(photographs, '1.jpg'), await groupPicture(3))
    write(path.join(photographs, '2.jpg'), await groupPicture(6))
    const sheet = path.join(folder, 'sheet.png')
    const { code, stdout } = await runVisavis(['demo', '--photos', photographs, '--sheet', sheet, '--json'])
    expect(code).toBe(0)
    const demo = JSON.parse(stdout) as {
      enrolled: { id: string }[]
      strangers: object[]
      probes: { probe: string; enrolled: boolean; best: { name: string } | null; outcome: string; right: boolean }[]
      summary: { right: number; wrong: number }
      sheet: string
    }
    expect(demo.enrolled.length).toBeGreaterThanOrEqual(5)
    expect(demo.strangers.length).toBeGreaterThanOrEqual(1)
    expect(demo.probes).toHaveLength(demo.enrolled.length + demo.strangers.length)
    expect(demo.summary.right + demo.summary.wrong).toBe(demo.probes.length)
    expect(demo.summary.right).toBe(demo.probes.filter(({ right }) => right).length)
    const found = demo.probes.filter(({ outcome }) => outcome === 'found')
    expect(found.map(({ best }) => best?.name)).toEqual(found.map(({ probe: name }) => name))
    expect(found.length).toBeGreaterThanOrEqual(demo.enrolled.length - 1)
    expect(demo.sheet).toBe(sheet)
    expect((await sharp(readFileSync(sheet)).metadata()).format).toBe('png')
  })

  it('says what to do where the photographs are missing', async () => {
    const { code, stderr } = await runVisavis(['demo', '--photos', path.join(folder, 'nowhere')])
    expect(code).toBe(2)
    expect(stderr).toContain('There is no folder')
  })
})

describe('misuse', () => {
  it.each([
    ['no command', [], 'No command was given'],
    ['an unknown command', ['serch'], "Unknown command 'serch' (Did you mean search?)"],
    ['an unknown option', ['search', probe, '--store', store, '--stroe', store], "Unknown option '--stroe'"],
    ['a missing --store', ['verify', 'somebody', probe], "Required option '--store <file>' not specified"],
    ['nobody to search', ['search', probe], 'Say whom to search'],
    [
      'a service beside a store',
      ['search', probe, '--store', store, '--remote', 'http://localhost:1'],
      '--fallback only',
    ],
    ['a fallback to nowhere', ['search', probe, '--store', store, '--fallback'], '--fallback needs --remote'],
    ['a fallback from nowhere', ['search', probe, '--remote', 'http://localhost:1', '--fallback'], 'needs --store'],
    ['a service without a token', ['search', probe, '--remote', 'http://localhost:1'], 'set VISAVIS_TOKEN'],
    [
      'a service that would hear faces in the clear',
      ['search', probe, '--remote', 'http://192.0.2.1', '--token', 'x'],
      'https',
    ],
    ['no picture', ['search', '--store', store], "Missing required argument 'picture'"],
    ['a score out of range', ['search', probe, '--store', store, '--min-score', '0.2'], 'a number from 0.5 to 1'],
    ['a score that is no number', ['search', probe, '--store', store, '--min-score', 'NaN'], 'a number from 0.5 to 1'],
    ['an unknown mode', ['search', probe, '--store', store, '--mode', 'turbo'], 'FAST or ACCURATE'],
    ['too many results', ['search', probe, '--store', store, '--max-results', '101'], 'from 1 to 100'],
    ['four pictures', ['search', probe, probe, probe, probe, '--store', store], 'one to 3 pictures'],
    ['a missing picture', ['search', 'nowhere.jpg', '--store', store], 'There is no file nowhere.jpg'],
    ['a missing store', ['search', probe, '--store', 'nowhere.db'], 'There is no store nowhere.db'],
    [
      'an unknown collection',
      ['search', probe, '--store', store, '--collection', 'Guests'],
      'There is no collection Guests; the store has Staff.',
    ],
    ['a missing folder', ['enroll', 'nowhere', '--store', store], 'There is no folder nowhere'],
    ['a folder without folders', ['enroll', path.join(people, 'Bea'), '--store', store], 'holds no folders'],
  ])('answers %s with 2 and a message', async (_, args, message) => {
    const json = await runVisavis([...args, '--json'])
    expect(json).toMatchObject({ code: 2, stderr: '' })
    const { error } = JSON.parse(json.stdout) as { error: { code: string; message: string; reasons: string[] } }
    expect(error).toEqual({ code: expect.any(String), message: expect.stringContaining(message), reasons: [] })
  })

  it('prints the message to the standard error stream without --json, and makes no store', async () => {
    const { code, stdout, stderr } = await runVisavis(['search', probe, '--store', path.join(folder, 'new.db')])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: There is no store .*new\.db; make one with visavis enroll, or check the path\.\n$/)
    expect(existsSync(path.join(folder, 'new.db'))).toBe(false)
  })
})

/** Resolves once people have been written to the store: it has grown since its empty tables were made. */
async function grown(file: string): Promise<void> {
  const size = (): number =>
    [file, `${file}-wal`].reduce((sum, one) => sum + (existsSync(one) ? statSync(one).size : 0), 0)
  let empty = -1
  // Loading the networks takes longer than a pause; making the tables does not.
  while (size() === 0 || size() !== empty) {
    empty = size()
    await setTimeout(100)
  }
  while (size() === empty) await setTimeout(100)
}
