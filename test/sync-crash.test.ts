import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMatcher, type LocalMatcher, type PersonRecord } from '@visavis/core'
import { toShrunkJpeg } from '@visavis/core/kit'
import { sqliteStore } from '@visavis/core/sqlite'
import { createVerifikClient, syncCollection } from '@visavis/remote'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from './support/color-recognizer.ts'
import { startTestServer, tokens, type TestServer } from './support/test-server.ts'
import { search } from './support/verifik-client.ts'

const collectionId = 'gate'
const time = '2026-02-03T04:05:06.000Z'
const folder = mkdtempSync(path.join(os.tmpdir(), 'visavis-sync-'))
const child = fileURLToPath(new URL('support/sync-child.ts', import.meta.url))
let source: LocalMatcher
let server: TestServer

beforeAll(async () => {
  source = await createMatcher({ recognizer: colorRecognizer() })
  await source.collections.create({ id: collectionId, name: 'Gate' })
  server = await startTestServer(source)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await source.close()
  rmSync(folder, { recursive: true, force: true })
})

async function person(number: number, picture = number): Promise<PersonRecord> {
  const { bytes } = await toShrunkJpeg(pictureOf(picture), 256)
  return {
    id: `p${number}`,
    name: `Person ${number}`,
    gender: null,
    dateOfBirth: null,
    nationality: null,
    notes: null,
    collectionIds: [collectionId],
    faces: [{ id: `f${number}`, thumbnail: bytes, modelId: 'colors', template: templateOf(picture) }],
    createdAt: time,
    modifiedAt: time,
  }
}

async function put(people: readonly PersonRecord[]): Promise<void> {
  await source.records.apply(people.map((one) => ({ kind: 'put_person', person: one })))
}

function open(file: string): Promise<LocalMatcher> {
  return sqliteStore({ path: file }).then((store) => createMatcher({ recognizer: colorRecognizer(), store }))
}

/** What there is of the people of the collection: who, with which picture and template. */
async function peopleOf(matcher: LocalMatcher): Promise<string[]> {
  const isHere = (await matcher.collections.get(collectionId)) !== null
  const people = await matcher.records.persons(isHere ? await matcher.records.ids(collectionId) : [])
  return people.map(({ id, name, faces }) => {
    const [face] = faces
    return `${id} ${name} ${face === undefined ? '' : Buffer.from(face.thumbnail).toString('base64')} ${face?.template.join()}`
  })
}

/** Small numbers that are the same on every run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Syncs in a process of its own, killed so many milliseconds after it began; without them it ends by itself. */
async function run(
  file: string,
  killAfter?: number,
): Promise<{ milliseconds: number; output: string; killed: boolean }> {
  const args = ['--conditions=visavis-source', '--disable-warning=ExperimentalWarning', child]
  const started = spawn(process.execPath, [...args, file, server.listener.url, collectionId, tokens.read], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Most of a child's time would go into reading its sources anew.
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(folder, 'compiled') },
  })
  let output = ''
  let began = 0
  const closed = once(started, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') {
      began = performance.now()
      if (killAfter !== undefined) setTimeout(() => started.kill('SIGKILL'), killAfter)
    }
    output += text
  })
  const [code, signal] = await closed
  if (signal === null && code !== 0) throw new Error(`The child ended with exit code ${String(code)}.`)
  return { milliseconds: performance.now() - began, output, killed: signal === 'SIGKILL' }
}

it.skipIf(process.platform === 'win32')('comes to the same end however often its process is killed', async () => {
  const people = 400
  const file = path.join(folder, 'killed.db')
  const random = randomNumbers(20_260_203)
  await put(await Promise.all(Array.from({ length: people }, (_, i) => person(i))))
  const { milliseconds } = await run(path.join(folder, 'whole.db'))
  let before: string[] = []
  let kills = 0
  /** How many kills left something behind to go on from. */
  let halves = 0
  for (let round = 0; kills < 20 && round < 60; round++) {
    if (round % 3 === 0) {
      // What was put by is out of date for some, and some come and go.
      const changed = Array.from({ length: people / 4 }, () => Math.floor(random() * people))
      await put(await Promise.all(changed.map((number) => person(number, 1000 + Math.floor(random() * 3000)))))
      const [id = ''] = await source.records.ids(collectionId)
      await source.persons.delete(id)
    }
    const { killed } = await run(file, random() * milliseconds * 0.9)
    if (killed) kills++
    const matcher = await open(file)
    const now = await peopleOf(matcher)
    // The old collection or the new one, and never a part of either.
    expect([before, await peopleOf(source)]).toContainEqual(now)
    before = now
    if ((await matcher.records.states('sync/staged/')).length > 0) halves++
    await matcher.close()
  }
  expect({ kills, someInTheMiddle: halves > 0 }).toEqual({ kills: 20, someInTheMiddle: true })
  const { output } = await run(file)
  expect(JSON.parse(output.split('\n')[1] ?? '')).toMatchObject({ complete: true })
  const store = await sqliteStore({ path: file })
  await store.checkIntegrity()
  expect(await store.areas()).toEqual([])
  await using matcher = await createMatcher({ recognizer: colorRecognizer(), store })
  expect(await peopleOf(matcher)).toEqual(await peopleOf(source))
  expect(await matcher.records.states('sync/staged/')).toEqual([])
})

it('brings a thousand people over from a server, who are found when it is gone and the process another one', async () => {
  const file = path.join(folder, 'thousand.db')
  await put(await Promise.all(Array.from({ length: 1000 }, (_, i) => person(i))))
  const other = await startTestServer(source)
  const client = createVerifikClient({ baseUrl: other.listener.url, token: tokens.read, server: 'visavis' })
  let matcher = await open(file)
  expect(await syncCollection({ client, matcher, collectionId })).toMatchObject({
    complete: true,
    people: 1000,
    added: { length: 1000 },
    problems: [],
  })
  await put([await person(17, 3017)])
  await source.persons.delete('p18')
  expect(await syncCollection({ client, matcher, collectionId })).toMatchObject({
    changed: ['p17'],
    removed: ['p18'],
    unchanged: 998,
    pictures: 1,
  })
  await matcher.close()
  await other[Symbol.asyncDispose]()
  matcher = await open(file)
  expect(await peopleOf(matcher)).toEqual(await peopleOf(source))
  for (const [picture, id] of [
    [3017, 'p17'],
    [18, undefined],
    [999, 'p999'],
  ] as const) {
    const result = await matcher.search(pictureOf(picture), { ...search, minScore: 0.9, collectionId })
    expect(result.candidates[0]?.id).toBe(id)
    expect(result.collectionAge).toBeGreaterThan(0)
  }
  await expect(syncCollection({ client, matcher, collectionId })).rejects.toMatchObject({ code: 'network' })
  expect(await matcher.records.ids(collectionId)).toHaveLength(999)
  await matcher.close()
})
