import { createMatcher, isVisavisError, type LocalMatcher, type Recognizer, type Store } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from './support/color-recognizer.ts'
import { rejects } from './support/rejects.ts'

const search = { minScore: 0.9, mode: 'FAST' } as const
const count = 60

let folder: string
let matcher: LocalMatcher | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-models-'))
  const first = await open(colorRecognizer('colors'))
  await first.collections.create({ id: 'gate', name: 'Gate' })
  for (let i = 0; i < count; i++) {
    const collections = i % 2 === 0 ? ['gate'] : []
    await first.persons.create({ id: `p${i}`, name: `Name ${i}`, images: [pictureOf(i)], collections })
  }
  await first.close()
})

afterEach(async () => {
  await matcher?.close()
  await rm(folder, { recursive: true })
})

async function openStore(): Promise<Store> {
  return sqliteStore({ path: join(folder, 'people.db') })
}

async function open(recognizer: Recognizer, previous?: Recognizer): Promise<LocalMatcher> {
  matcher = await createMatcher({ recognizer, store: await openStore(), ...(previous && { previous }) })
  return matcher
}

/** Counts what it reads, and takes its time. */
function slowRecognizer(id: string): Recognizer & { reads: number; isClosed: boolean } {
  const inner = colorRecognizer(id)
  const counting = {
    ...inner,
    reads: 0,
    isClosed: false,
    async recognize(...args: Parameters<Recognizer['recognize']>) {
      counting.reads++
      await new Promise((resolve) => {
        setTimeout(resolve, 1)
      })
      return inner.recognize(...args)
    },
    async close() {
      counting.isClosed = true
    },
  }
  return counting
}

async function found(number: number, options: { collectionId?: string } = {}): Promise<string | undefined> {
  const { candidates } = await (matcher as LocalMatcher).search(pictureOf(number), { ...search, ...options })
  return candidates[0]?.id
}

async function modelsInStore(): Promise<Set<string>> {
  const { records } = matcher as LocalMatcher
  const people = await records.persons(await records.ids())
  return new Set(people.flatMap(({ faces }) => faces.map(({ modelId }) => modelId)))
}

describe('a change of model with the previous recognizer', () => {
  it('answers with the previous model until everybody is brought over, and with the next from then on', async () => {
    const previous = slowRecognizer('colors')
    const { search: ask, outdatedPeople, reembed } = await open(colorRecognizer('hues'), previous)
    expect(await outdatedPeople.call(matcher)).toBe(count)
    expect((await ask.call(matcher, pictureOf(3), search)).model).toBe('colors')
    expect(await found(3)).toBe('p3')
    const told: { people: number; total: number }[] = []
    expect(await reembed.call(matcher, { onProgress: (progress) => told.push({ ...progress }) })).toEqual({
      people: count,
      failed: [],
    })
    expect(told[0]).toEqual({ people: 0, total: count })
    expect(told.at(-1)).toEqual({ people: count, total: count })
    expect((await ask.call(matcher, pictureOf(3), search)).model).toBe('hues')
    expect(
      await Promise.all([found(3), found(4, { collectionId: 'gate' }), found(3, { collectionId: 'gate' })]),
    ).toEqual(['p3', 'p4', undefined])
    expect(await outdatedPeople.call(matcher)).toBe(0)
    expect(matcher?.records.model.id).toBe('hues')
    expect(await modelsInStore()).toEqual(new Set(['hues']))
    await expect.poll(() => previous.isClosed).toBe(true)
    expect(await reembed.call(matcher)).toEqual({ people: 0, failed: [] })
  })

  it('never misses a person or answers with a deleted one, while people come, change and go', async () => {
    const local = await open(slowRecognizer('hues'), slowRecognizer('colors'))
    const done = new AbortController()
    const wrong: unknown[] = []
    const models = new Set<string | undefined>()
    const gone = new Set<number>()
    const changing = local.reembed().finally(() => {
      done.abort()
    })
    const searching = async (): Promise<void> => {
      for (let i = 0; !done.signal.aborted; i = (i + 7) % count) {
        const before = gone.has(i)
        const { candidates, model } = await local.search(pictureOf(i), search)
        models.add(model)
        const ids = candidates.map(({ id }) => id)
        const wanted = before ? [] : [`p${i}`]
        // Who is deleted while the search runs may be in it or not.
        if (before === gone.has(i) && ids.join() !== wanted.join()) wrong.push({ i, ids, model })
        const verified = await local.verify('p1', pictureOf(1), search)
        expect(verified.match?.id).toBe('p1')
        expect((await local.compare(pictureOf(i), pictureOf(i), search)).passed).toBe(true)
      }
    }
    const working = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        await local.persons.create({ id: `n${i}`, name: `New ${i}`, images: [pictureOf(1000 + i)] })
        await local.persons.update(`p${40 + i}`, { name: 'Renamed', collections: ['gate'] })
        await local.persons.update(`n${i}`, { images: [pictureOf(2000 + i)] })
        if (i % 2 === 0) {
          await local.persons.delete(`p${20 + i}`)
          gone.add(20 + i)
        }
      }
    }
    await Promise.all([changing, searching(), searching(), working()])
    expect(wrong).toEqual([])
    // Who came after the end was enrolled with the next model.
    expect(await local.outdatedPeople()).toBe(0)
    expect([...models].sort()).toContain('colors')
    for (let i = 0; i < count; i++) expect(await found(i)).toBe(gone.has(i) ? undefined : `p${i}`)
    for (let i = 0; i < 12; i++) {
      expect([await found(1000 + i), await found(2000 + i)]).toEqual([undefined, `n${i}`])
      expect(await local.persons.get(`p${40 + i}`)).toMatchObject({ name: 'Renamed', collections: [{ id: 'gate' }] })
    }
    expect(await modelsInStore()).toEqual(new Set(['hues']))
  })

  it('goes on where it was stopped, also when it is opened again, and erases what is not needed any more', async () => {
    const stop = new AbortController()
    const first = await open(slowRecognizer('hues'), colorRecognizer('colors'))
    const onProgress = ({ people }: { people: number }): void => {
      if (people === 25) stop.abort(new Error('enough'))
    }
    await expect(first.reembed({ signal: stop.signal, onProgress })).rejects.toThrow('enough')
    expect((await first.search(pictureOf(3), search)).model).toBe('colors')
    await first.close()
    const next = slowRecognizer('hues')
    const again = await open(next, colorRecognizer('colors'))
    expect(await again.outdatedPeople()).toBe(count)
    expect(await found(3)).toBe('p3')
    await again.persons.delete('p5')
    expect(await again.reembed()).toEqual({ people: count - 1, failed: [] })
    expect(next.reads).toBeLessThan(count - 20)
    expect([await found(5), await found(6)]).toEqual([undefined, 'p6'])
    const traces = [templateOf(7, 'colors'), templateOf(5, 'colors'), templateOf(5, 'hues')]
    const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))))
    const left = traces.map((one) => files.some((file) => file.includes(Buffer.from(one.buffer).subarray(0, 64))))
    expect(left).toEqual([false, false, false])
  })

  it('begins anew where somebody was changed by a matcher that did not know of it', async () => {
    const stop = new AbortController()
    const first = await open(slowRecognizer('hues'), colorRecognizer('colors'))
    await expect(
      first.reembed({
        signal: stop.signal,
        onProgress: ({ people }) => people === 25 && stop.abort(new Error('enough')),
      }),
    ).rejects.toThrow('enough')
    await first.close()
    const plain = await open(colorRecognizer('colors'))
    for (let i = 0; i < count; i++) await plain.persons.update(`p${i}`, { images: [pictureOf(3000 + i)] })
    await plain.close()
    const again = await open(colorRecognizer('hues'), colorRecognizer('colors'))
    await again.reembed()
    for (const i of [0, 10, count - 1]) expect([await found(i), await found(3000 + i)]).toEqual([undefined, `p${i}`])
  })

  it('needs no previous recognizer that made nothing here, and refuses one of the same model', async () => {
    const same = { recognizer: colorRecognizer('hues'), previous: colorRecognizer('hues') }
    await rejects(createMatcher(same), 'invalid_option')
    const other = slowRecognizer('shades')
    const local = await open(colorRecognizer('colors'), other)
    expect((await local.search(pictureOf(3), search)).model).toBe('colors')
    await expect.poll(() => other.isClosed).toBe(true)
  })

  it('without one, says that people have templates of another model', async () => {
    const local = await open(colorRecognizer('hues'))
    const error = await local.search(pictureOf(3), search).catch((reason: unknown) => reason)
    expect(isVisavisError(error) && error.code).toBe('model_mismatch')
  })
})
