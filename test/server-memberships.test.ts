import { createMatcher, encryptedStore, memoryStore, type Store } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf } from './support/color-recognizer.ts'
import { facePath, startTestServer } from './support/test-server.ts'

const open: Record<string, (folder: string) => Promise<Store>> = {
  'in memory': async () => memoryStore(),
  'in a file': (folder) => sqliteStore({ path: join(folder, 'gate.db') }),
  encrypted: async (folder) =>
    encryptedStore(await sqliteStore({ path: join(folder, 'gate.db') }), { passphrase: 'x' }),
}

describe.each(Object.keys(open))('a server over people %s', (kind) => {
  it('takes a person out of all the collections that calls name at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-'))
    const store = await (open[kind] as (folder: string) => Promise<Store>)(folder)
    const matcher = await createMatcher({ recognizer: colorRecognizer(), store })
    const server = await startTestServer(matcher)
    try {
      for (const id of ['A', 'B', 'C']) await matcher.collections.create({ id, name: id })
      await matcher.persons.create({ id: 'p', name: 'Ada', images: [pictureOf(1)], collections: ['A', 'B', 'C'] })
      const path = `${facePath}/persons/p`
      for (let round = 0; round < 10; round++) {
        const left = await Promise.all(['A', 'B'].map((id) => server.send('DELETE', `${path}?collection=${id}`)))
        expect(left.map(({ status }) => status)).toEqual([200, 200])
        expect((await matcher.persons.get('p'))?.collections.map(({ id }) => id)).toEqual(['C'])
        const joined = await Promise.all(
          ['A', 'B'].map((id) => server.send('PUT', path, { body: { join_collections: [id] } })),
        )
        expect(joined.map(({ status }) => status)).toEqual([200, 200])
        expect((await matcher.persons.get('p'))?.collections.map(({ id }) => id).toSorted()).toEqual(['A', 'B', 'C'])
      }
    } finally {
      await server[Symbol.asyncDispose]()
      await matcher.close()
      await rm(folder, { recursive: true })
    }
  })
})
