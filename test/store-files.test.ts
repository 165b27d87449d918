import { createMatcher, encryptedStore, memoryStore, type Store } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { colorRecognizer, pictureOf } from './support/color-recognizer.ts'
import { rejects } from './support/rejects.ts'
import { runModule } from './support/run-module.ts'

let folder: string
let count = 0
const key = (byte: number): { key: Uint8Array } => ({ key: new Uint8Array(32).fill(byte) })
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-files-'))
})
afterAll(() => rm(folder, { recursive: true }))
const newFile = (): string => path.join(folder, `${count++}.db`)

/** Who may do what with the files of a store, as `ls` counts it. */
async function modes(file: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(path.basename(file)))
  return Promise.all(
    names.map(async (name) => `${name.slice(path.basename(file).length)} ${await mode(path.join(folder, name))}`),
  )
}

async function mode(file: string): Promise<string> {
  return ((await stat(file)).mode & 0o777).toString(8)
}

async function graphed(store: Store): Promise<void> {
  const matcher = await createMatcher({ recognizer: colorRecognizer(), store, index: 'usearch' })
  for (let i = 0; i < 12; i++) {
    await matcher.persons.create({ id: `p${i}`, name: `Person ${i}`, images: [pictureOf(i * 50)] })
  }
  await matcher.settled()
  await matcher.close()
  // What was added since the graph was built is in it at the next start.
}

describe('the files of a store', () => {
  it.skipIf(process.platform === 'win32')("are their owner's alone, the snapshot of the index, too", async () => {
    const file = newFile()
    await graphed(await sqliteStore({ path: file }))
    const store = await sqliteStore({ path: file })
    const matcher = await createMatcher({ recognizer: colorRecognizer(), store, index: 'usearch' })
    await matcher.settled()
    expect(await modes(file)).toEqual([' 600', '-graph 600', '-wal 600'])
    await matcher.close()
    // Whom an owner has let read a store may go on reading it.
    await chmod(file, 0o640)
    await (await sqliteStore({ path: file })).close()
    expect(await mode(file)).toBe('640')
  })

  it('are no store where they are empty, and begin one where they are not there', async () => {
    const file = newFile()
    await writeFile(file, '')
    const opening = sqliteStore({ path: file })
    await rejects(opening, 'store_corrupt')
    await expect(opening).rejects.toThrow('Restore a copy, or delete the file')
    await rm(file)
    await (await sqliteStore({ path: file })).close()
    expect((await stat(file)).size).toBeGreaterThan(0)
    expect((await readdir(folder)).filter((name) => name.startsWith(`${path.basename(file)}.`))).toEqual([])
    await rejects(sqliteStore({ path: path.join(folder, 'nowhere', 'people.db') }), 'store_unavailable')
  })

  it('hold no snapshot any more after an opening with an index that keeps none', async () => {
    const file = newFile()
    await graphed(await sqliteStore({ path: file }))
    const again = await createMatcher({
      recognizer: colorRecognizer(),
      store: await sqliteStore({ path: file }),
      index: 'usearch',
    })
    await again.settled()
    expect(await readdir(folder)).toContain(`${path.basename(file)}-graph`)
    await again.close()
    const packed = await createMatcher({ recognizer: colorRecognizer(), store: await sqliteStore({ path: file }) })
    await packed.persons.delete('p3')
    expect(await readdir(folder)).not.toContain(`${path.basename(file)}-graph`)
    await packed.close()
  })

  it('seal the snapshot of an encrypted store, and leave none that the secret before opens', async () => {
    const file = newFile()
    const open = async (passphrase: string) => encryptedStore(await sqliteStore({ path: file }), { passphrase })
    await graphed(await open('first'))
    const store = await open('first')
    const matcher = await createMatcher({ recognizer: colorRecognizer(), store, index: 'usearch' })
    await matcher.settled()
    const saved = await readFile(`${file}-graph`)
    expect(saved.includes('VISGRAPH')).toBe(false)
    expect(Buffer.from((await store.snapshots?.read()) ?? []).includes('VISGRAPH')).toBe(true)
    await store.rotateSecret({ passphrase: 'second' })
    expect(await readdir(folder)).not.toContain(`${path.basename(file)}-graph`)
    await matcher.close()
  })

  it('say what is missing where Node has no SQLite', async () => {
    const { stdout } = await runModule(
      `const { sqliteStore } = await import('@visavis/core/sqlite')
       await sqliteStore({ path: ${JSON.stringify(newFile())} }).catch(({ code, message }) => console.log(code, message))`,
      ['--no-experimental-sqlite'],
    )
    expect(stdout).toMatch(/^runtime_unsupported This Node .* has no node:sqlite; run Node 22\.13 or later/)
  })
})

describe('the keys of an encrypted store', () => {
  afterEach(() => vi.restoreAllMocks())

  it('are in memory only as keys that nobody can read', async () => {
    const raw: ArrayBuffer[] = []
    const { decrypt } = crypto.subtle
    vi.spyOn(crypto.subtle, 'decrypt').mockImplementation(async (...args) => {
      const bytes = await decrypt.apply(crypto.subtle, args)
      if (bytes.byteLength === 32) raw.push(bytes)
      return bytes
    })
    const getRandomValues = crypto.getRandomValues.bind(crypto)
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      const filled = getRandomValues(array as Uint8Array<ArrayBuffer>)
      if (filled.byteLength === 32) raw.push(filled.buffer)
      return filled as never
    })
    const store = memoryStore()
    const first = { key: new Uint8Array(32).fill(1) }
    await encryptedStore(store, first)
    const opened = await encryptedStore(store, first)
    first.key.fill(0)
    await opened.rotateSecret({ key: new Uint8Array(32).fill(2) })
    await encryptedStore(store, { key: new Uint8Array(32).fill(2) })
    expect(raw.length).toBeGreaterThanOrEqual(4)
    for (const bytes of raw) expect(new Uint8Array(bytes)).toEqual(new Uint8Array(32))
  })

  it('are new with each rotation, also with one that follows an interrupted one', async () => {
    const store = memoryStore()
    const opened = await encryptedStore(store, key(1))
    const matcher = await createMatcher({ recognizer: colorRecognizer(), store: opened })
    await matcher.persons.create({ id: 'ada', name: 'Ada', images: [pictureOf(7)] })
    const generations = async (): Promise<number[]> => {
      const header = JSON.parse((await store.state('encryption')) ?? '') as { keys: { generation: number }[] }
      return header.keys.map(({ generation }) => generation)
    }
    const reason = new Error('the plug was pulled')
    await expect(opened.rotateSecret(key(2), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(await generations()).toEqual([0, 1])
    await expect(opened.rotateSecret(key(3), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(await generations()).toEqual([0, 1, 2])
    await opened.rotateSecret(key(4))
    expect(await generations()).toEqual([3])
    expect((await matcher.persons.get('ada'))?.name).toBe('Ada')
    for (const old of [1, 2, 3]) await rejects(encryptedStore(store, key(old)), 'store_key')
    const again = await encryptedStore(store, key(4))
    expect((await again.persons(['ada']))[0]?.name).toBe('Ada')
  })
})
