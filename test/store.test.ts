import { encryptedStore, memoryStore } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeStore } from './contracts/store.ts'
import { moduleArguments } from './support/run-module.ts'
import { rejects } from './support/rejects.ts'

let folder: string
let files = 0
const secret = new Uint8Array(32).fill(7)
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-store-'))
})
afterAll(() => rm(folder, { recursive: true }))

function newPath(): string {
  return path.join(folder, `${files++}.db`)
}

describeStore('memoryStore', async () => memoryStore())
describeStore('sqliteStore', () => sqliteStore({ path: newPath() }))
describeStore('encryptedStore', async () => encryptedStore(await sqliteStore({ path: newPath() }), { key: secret }))

describe('sqliteStore', () => {
  it('has after opening again what was written before', async () => {
    const file = newPath()
    const time = '2026-01-05T08:00:00.000Z'
    const first = await sqliteStore({ path: file })
    await first.write([
      {
        kind: 'put_collection',
        collection: { id: 'c', name: 'C', description: 'd', createdAt: time, modifiedAt: time },
      },
    ])
    await first.close()
    const second = await sqliteStore({ path: file })
    expect(await second.collections()).toHaveLength(1)
    await second.close()
  })

  it('makes all the changes of a write or none', async () => {
    const store = await sqliteStore({ path: newPath() })
    const time = '2026-01-05T08:00:00.000Z'
    const collection = { id: 'c', name: 'C', description: '', createdAt: time, modifiedAt: time }
    const broken = { kind: 'put_collection', collection: { ...collection, id: 'd', name: null as never } } as const
    await expect(store.write([{ kind: 'put_collection', collection }, broken])).rejects.toThrow('NOT NULL')
    expect(await store.collections()).toEqual([])
    await store.write([{ kind: 'put_collection', collection }])
    expect(await store.collections()).toHaveLength(1)
    await store.close()
  })

  it('refuses a file that another process has open, and opens it when that is done', async () => {
    const file = newPath()
    const script = `
      import { sqliteStore } from '@visavis/core/sqlite'
      const store = await sqliteStore({ path: ${JSON.stringify(file)} })
      process.stdout.write('open')
      process.stdin.once('data', () => store.close().then(() => process.exit()))`
    const other = spawn(process.execPath, moduleArguments(script), {
      cwd: import.meta.dirname,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await once(other.stdout, 'data')
    await rejects(sqliteStore({ path: file }), 'store_locked')
    other.stdin.write('close')
    await once(other, 'exit')
    await (await sqliteStore({ path: file })).close()
  })

  it('refuses what is not a store of its own', async () => {
    const text = newPath()
    await writeFile(text, 'This is no database, and long enough to be looked at as one. '.repeat(100))
    await rejects(sqliteStore({ path: text }), 'store_corrupt')

    const foreign = newPath()
    const database = new DatabaseSync(foreign)
    database.exec('CREATE TABLE theirs (x)')
    database.close()
    await rejects(sqliteStore({ path: foreign }), 'store_corrupt')

    const later = newPath()
    await (await sqliteStore({ path: later })).close()
    const newer = new DatabaseSync(later)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    await rejects(sqliteStore({ path: later }), 'store_version')

    await rejects(sqliteStore({ path: path.join(folder, 'missing', 'x.db') }), 'store_unavailable')
  })
})
