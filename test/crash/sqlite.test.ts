import { createMatcher, encryptedStore, isVisavisError, type EncryptedStore, type PersonRecord } from '@visavis/core'
import { sqliteStore, type SqliteStore } from '@visavis/core/sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from '../support/color-recognizer.ts'
import { account, check, everybody, type Numbers } from './account.ts'
import type { ChildTask } from './child.ts'
import { runAndKill } from './killed-child.ts'
import { seeded } from './seeded.ts'

const seed = Number(process.env.VISAVIS_CRASH_SEED ?? Date.now() % 2 ** 31)
/** Named in the tests, so that a failure can be had again with VISAVIS_CRASH_SEED. */
const named = `seed ${seed}`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-crash-'))
})
afterAll(() => rm(folder, { recursive: true }))

const search = { minScore: 0.9, mode: 'FAST' } as const

async function openWhole(file: string): Promise<SqliteStore> {
  const store = await sqliteStore({ path: file })
  await store.checkIntegrity()
  return store
}

function taskOf(kind: ChildTask['kind'], file: string, more: Partial<ChildTask>): ChildTask {
  return { kind, file: path.join(folder, file), seed: 0, people: {}, model: 'colors', secret: 0, batch: 0, ...more }
}

describe.concurrent(`a store in SQLite whose process is killed (${named})`, { timeout: 600_000 }, () => {
  it('has everybody who was enrolled, changed or deleted, and nobody half, 110 times', async () => {
    const random = seeded(seed)
    const file = 'people.db'
    let known: Numbers = new Map()
    for (let kill = 0; kill < 110; kill++) {
      const task = taskOf('people', file, { seed: random(2 ** 31), people: Object.fromEntries(known) })
      const said = await runAndKill(task, 1 + random(30), random(12))
      known = await check(await openWhole(task.file), account(known, said))
    }
    expect(known.size).toBeGreaterThan(3)
  })

  it('opens with the old key or the new, all of it, 45 times while keys are changed', async () => {
    const random = seeded(seed + 1)
    const file = 'keys.db'
    let known: Numbers = new Map()
    let secret = 0
    for (let kill = 0; kill < 45; kill++) {
      const task = taskOf('rotate', file, { seed: random(2 ** 31), people: Object.fromEntries(known), secret })
      const said = await runAndKill(task, 1 + random(60), random(12))
      const steps = said.filter((word) => 'step' in word)
      const done = steps.findLast(({ at }) => at === 'done')?.step ?? secret
      const begun = steps.findLast(({ at }) => at === 'begin')?.step ?? secret
      const opened = await openWith(task.file, [...new Set([done, begun])])
      secret = opened.secret
      known = await check(opened.store, account(known, said))
    }
    expect(secret).toBeGreaterThan(3)
  })

  it('has all people of an import or none, 30 times', async () => {
    const random = seeded(seed + 2)
    let batch = 0
    for (let kill = 0; kill < 30; kill++) {
      const task = taskOf('import', 'import.db', { batch: batch + 1 })
      const said = await runAndKill(task, 2 + random(4), random(60))
      const done = said.findLast((word) => 'step' in word && word.at === 'done')
      const least = done !== undefined && 'step' in done ? done.step : batch
      const store = await openWhole(task.file)
      const names = new Set((await everybody(store)).map(({ name }) => name))
      const total = (await everybody(store)).length
      await using matcher = await createMatcher({ recognizer: colorRecognizer(), store })
      expect(await store.areas()).toEqual([])
      expect(names.size).toBe(total === 0 ? 0 : 1)
      expect([0, 120]).toContain(total)
      const found = Number([...names][0]?.replace('Batch ', '') ?? 0)
      expect([least, least + 1]).toContain(found)
      const { candidates } = await matcher.search(pictureOf(77), search)
      expect(candidates.map(({ id }) => id)).toEqual(total > 0 ? ['b77'] : [])
      batch = found
    }
    expect(batch).toBeGreaterThan(3)
  })

  it('loses nobody and mixes no models, 30 times while people are brought over to another', async () => {
    const random = seeded(seed + 3)
    const count = 60
    let [from, to] = ['one', 'two']
    const first = taskOf('reembed', 'models.db', {})
    {
      await using matcher = await createMatcher({
        recognizer: colorRecognizer(from),
        store: await sqliteStore({ path: first.file }),
      })
      for (let i = 0; i < count; i++) {
        await matcher.persons.create({ id: `p${i}`, name: `Name ${i}`, images: [pictureOf(i)] })
      }
    }
    let changes = 0
    for (let kill = 0; kill < 30; kill++) {
      const said = await runAndKill({ ...first, model: to }, 1 + random(20), random(30))
      const store = await openWhole(first.file)
      const all = await everybody(store)
      expect(all).toHaveLength(count)
      for (const { name, faces } of all) {
        const number = Number(name?.replace('Name ', ''))
        const [{ modelId, template }] = faces as [PersonRecord['faces'][number]]
        expect([from, to]).toContain(modelId)
        expect(template).toEqual(templateOf(number, modelId))
      }
      await using matcher = await createMatcher({ recognizer: colorRecognizer(to), store })
      const brought = all.filter(({ faces }) => faces[0]?.modelId === to).length
      expect(await matcher.outdatedPeople()).toBe(count - brought)
      expect(brought).toBeGreaterThanOrEqual(said.filter(({ at }) => at === 'done').length)
      const answer = await matcher.search(pictureOf(1), search).then(
        ({ candidates }) => candidates[0]?.id,
        (error: unknown) => isVisavisError(error) && error.code,
      )
      expect(answer).toBe(brought < count ? 'model_mismatch' : 'p1')
      if (brought < count) continue
      ;[from, to] = [to, from]
      changes++
    }
    expect(changes).toBeGreaterThan(1)
  })
})

/** Opens with the one of the secrets that fits; none of the others may. */
async function openWith(file: string, secrets: readonly number[]): Promise<{ store: EncryptedStore; secret: number }> {
  const fitting: number[] = []
  for (const secret of secrets) {
    const store = await openWhole(file)
    try {
      await (await encryptedStore(store, { key: new Uint8Array(32).fill(secret % 256) })).close()
      fitting.push(secret)
    } catch (error) {
      if (!isVisavisError(error, 'store_key')) throw error
      await store.close()
    }
  }
  expect(fitting).toHaveLength(1)
  const [secret] = fitting as [number]
  const store = await encryptedStore(await openWhole(file), { key: new Uint8Array(32).fill(secret % 256) })
  return { store, secret }
}
