import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { sqliteStore } from '@visavis/core/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { facePicture } from './testing/face-pictures.ts'
import { runVisavis } from './testing/run-visavis.ts'
import { startVisavis, type RunningVisavis } from './testing/start-visavis.ts'
import { writeTwoPeople } from './testing/two-people.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'visavis-serve-sync-'))
const officeStore = path.join(folder, 'office.db')
const gateStore = path.join(folder, 'gate.db')
const tokenFile = path.join(folder, 'office-token.txt')
const officeToken = 'the-token-of-the-office-0123456789'
const gateToken = 'the-token-of-the-gate-0123456789'
const started: RunningVisavis[] = []
let office: RunningVisavis
let officeUrl: string
let probe: string

beforeAll(async () => {
  await writeTwoPeople(path.join(folder, 'people'))
  probe = (await facePicture('photo3Middle', { shift: 0.2, mirrored: true })).toString('base64')
  await runVisavis(['enroll', path.join(folder, 'people'), '--store', officeStore, '--collection', 'Staff'])
  await addCrowd()
  office = await serve(['--store', officeStore, '--token', officeToken, '--quiet'])
  officeUrl = urlOf(office)
})

afterAll(async () => {
  for (const server of started) await server.stop('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** People without pictures, whom a sync takes over quickly. */
async function addCrowd(): Promise<void> {
  const store = await sqliteStore({ path: officeStore })
  const times = { createdAt: '2026-01-05T08:00:00.000Z', modifiedAt: '2026-01-05T08:00:00.000Z' }
  const details = { gender: null, dateOfBirth: null, nationality: null, notes: null, collectionIds: ['crowd'] }
  await store.write([{ kind: 'put_collection', collection: { id: 'crowd', name: 'Crowd', description: '', ...times } }])
  for (let i = 0; i < 30; i++) {
    const person = { id: `crowd-${i}`, name: `Nr ${i}`, ...details, faces: [], ...times }
    await store.write([{ kind: 'put_person', person }])
  }
  await store.close()
}

async function serve(args: readonly string[], env: Record<string, string> = {}): Promise<RunningVisavis> {
  const server = await startVisavis(['serve', '--port', '0', ...args], env)
  started.push(server)
  return server
}

function urlOf({ stdout }: RunningVisavis): string {
  return /http:[^\s"]+/.exec(stdout())?.[0] ?? ''
}

function serveGate(from: string, collection: string, ...more: string[]): Promise<RunningVisavis> {
  const source = ['--sync-from', from, '--sync-collection', collection, '--sync-token-file', tokenFile]
  return serve(['--store', gateStore, ...source, ...more], { VISAVIS_TOKEN: gateToken })
}

async function ask(server: RunningVisavis, token: string, route: string, init: RequestInit = {}): Promise<Named[]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${urlOf(server)}/v2/face-recognition/${route}`, { ...init, headers })
  expect(response.status).toBe(200)
  return ((await response.json()) as { data: Named[] }).data
}

interface Named {
  readonly _id: string
  readonly name: string
}

/** The people whom the gate finds in a picture of Ana. */
async function found(gate: RunningVisavis): Promise<string[]> {
  const body = JSON.stringify({ images: [probe], min_score: '0.7', search_mode: 'FAST' })
  return (await ask(gate, gateToken, 'search/crops', { method: 'POST', body })).map(({ name }) => name)
}

type Line = Record<string, unknown>

function logOf({ stderr }: RunningVisavis): Line[] {
  return stderr()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
}

/** The first line of the log that is such an event, as soon as it is there. */
async function logged(gate: RunningVisavis, event: string, details: Line = {}): Promise<Line> {
  const expected = expect.objectContaining({ event, ...details })
  await expect.poll(() => logOf(gate), { timeout: 60_000 }).toContainEqual(expected)
  return logOf(gate).find((line) => expected.asymmetricMatch(line)) as Line
}

/** The office as it is reached through a network that stops in the middle of a list. */
async function startStallingProxy(): Promise<{ url: string; server: Server; stalled: Promise<void> }> {
  const server = createServer()
  const stalled = new Promise<void>((resolve) => {
    server.on('request', async (request, response) => {
      const url = new URL(request.url ?? '', officeUrl)
      if (url.searchParams.get('page') === '2') return resolve()
      // Pages so small that the list has two of them.
      if (url.searchParams.has('limit')) url.searchParams.set('limit', '20')
      const { authorization = '' } = request.headers
      const answer = await fetch(url, { headers: { authorization } })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, stalled }
}

describe.skipIf(process.platform === 'win32')('visavis serve --sync-from', () => {
  it('goes on where Ctrl-C has ended it in the middle of a sync', async () => {
    writeFileSync(tokenFile, officeToken, { mode: 0o600 })
    const proxy = await startStallingProxy()
    const stopped = await serveGate(proxy.url, 'Crowd')
    await proxy.stalled
    const { code, stderr } = await stopped.stop('SIGINT')
    proxy.server.closeAllConnections()
    proxy.server.close()
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('"event":"sync_stopped"') })
    const again = await serveGate(officeUrl, 'Crowd')
    const { resumed } = await logged(again, 'synced', { added: 30, problems: { no_picture: 30 } })
    expect(resumed).toBeGreaterThan(0)
    expect((await again.stop('SIGINT')).code).toBe(0)
  })

  it('removes no more than half of a collection, and says so, unless it is told to', async () => {
    writeFileSync(tokenFile, officeToken)
    for (let i = 0; i < 20; i++) await ask(office, officeToken, `persons/crowd-${i}`, { method: 'DELETE' })
    const gate = await serveGate(officeUrl, 'Crowd')
    await logged(gate, 'synced', { level: 'warn', complete: true, removed: 0, withheld: 20, people: 10 })
    expect((await gate.stop('SIGINT')).code).toBe(0)
    const source = ['--remote', officeUrl, '--collection', 'Crowd', '--token-file', tokenFile, '--store', gateStore]
    const { code, stdout } = await runVisavis(['sync', ...source])
    expect(code).toBe(3)
    expect(stdout).toContain('20 people here are gone from the service, more than one sync removes: all of them stay.')
    const misuse = await runVisavis(['sync', ...source, '--most-removals', '2'])
    expect(misuse).toMatchObject({ code: 2, stderr: expect.stringContaining('such as 80%') })
    const again = await serveGate(officeUrl, 'Crowd', '--sync-most-removals', '70%')
    await logged(again, 'synced', { level: 'info', removed: 20, withheld: 0 })
    expect((await again.stop('SIGINT')).code).toBe(0)
  })

  it('keeps a collection up to date, survives what goes wrong, and answers without the service', async () => {
    writeFileSync(tokenFile, 'another-token-0123456789', { mode: 0o600 })
    const gate = await serveGate(officeUrl, 'Staff', '--sync-every', '1s')
    expect(gate.stdout().split('\n')[1]).toBe(`Keeping Staff as it is at ${officeUrl}, every 1 s`)
    await logged(gate, 'sync_failed', { level: 'error', code: 'unauthorized', nextIn: 1000 })
    expect(await found(gate)).toEqual([])
    writeFileSync(tokenFile, officeToken)
    await logged(gate, 'synced', { complete: true, added: 2, pictures: 2 })
    expect(await found(gate)).toEqual(['Ana Díaz'])
    const [bea] = (await ask(office, officeToken, 'persons?like_name=Bea')) as [Named]
    await ask(office, officeToken, `persons/${bea._id}`, { method: 'DELETE' })
    await logged(gate, 'synced', { removed: 1, unchanged: 1, pictures: 0 })
    expect(await ask(gate, gateToken, 'persons?like_name=Bea')).toEqual([])
    const ended = await gate.stop('SIGINT')
    expect(ended.code).toBe(0)
    expect(ended.stderr).not.toMatch(/Ana|Bea|token-|[\da-f]{24}/)
    expect(logOf(gate).at(-1)).toMatchObject({ event: 'closed' })

    await office.stop()
    const alone = await serveGate(officeUrl, 'Staff', '--quiet', '--json')
    expect(await found(alone)).toEqual(['Ana Díaz'])
    await logged(alone, 'sync_failed', { code: 'network', nextIn: 60_000 })
    const { code, stdout } = await alone.stop('SIGINT')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ sync: { from: officeUrl, collection: 'Staff', every: 3_600_000 } })
    expect(logOf(alone)).toHaveLength(1)
  })

  it('never takes the token of its callers for that of the service, and says which options go together', async () => {
    const base = ['serve', '--store', path.join(folder, 'new.db')]
    const env = { VISAVIS_TOKEN: gateToken }
    for (const [args, message] of [
      [['--sync-from', officeUrl, '--sync-collection', 'Staff'], 'set VISAVIS_SYNC_TOKEN, or give --sync-token-file'],
      [['--sync-from', officeUrl], '--sync-from needs --sync-collection'],
      [['--sync-every', '15m'], '--sync-every needs --sync-from'],
    ] as const) {
      const run = await runVisavis([...base, ...args], { env })
      expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
    }
  })
})
