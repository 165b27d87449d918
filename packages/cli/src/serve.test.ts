import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { facePicture, wallPicture } from './testing/face-pictures.ts'
import { runVisavis } from './testing/run-visavis.ts'
import { startVisavis, type RunningVisavis } from './testing/start-visavis.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'visavis-serve-'))
const store = path.join(folder, 'team.db')
const emptyStore = path.join(folder, 'empty.db')
const probe = path.join(folder, 'probe.jpg')
const wall = path.join(folder, 'wall.jpg')
const token = 'a-token-of-the-tests-0123456789'
let server: RunningVisavis
let url: string

beforeAll(async () => {
  const people = path.join(folder, 'people', 'Ana_Díaz')
  mkdirSync(people, { recursive: true })
  writeFileSync(path.join(people, '1.jpg'), await facePicture('photo3Middle'))
  writeFileSync(probe, await facePicture('photo3Middle', { shift: 0.2, mirrored: true }))
  writeFileSync(wall, await wallPicture())
  await runVisavis(['enroll', path.dirname(people), '--store', store, '--collection', 'Staff'])
  server = await startVisavis(['serve', '--port', '0', '--store', store, '--token', token])
  ;[url = ''] = /http:\S+$/.exec(server.firstLine) ?? []
})

afterAll(async () => {
  await server?.stop('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const list = (authorization: string): Promise<Response> =>
  fetch(`${url}/v2/face-recognition/persons`, { headers: { authorization } })
const searchBy = (...more: string[]): ReturnType<typeof runVisavis> =>
  runVisavis(['search', probe, '--remote', url, '--token', token, ...more])

describe('visavis serve', () => {
  it('says in one line what it serves and where, on this machine only', () => {
    expect(server.firstLine).toMatch(/^Serving .*team\.db \(1 person\) at http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('answers who has the token, and nobody else', async () => {
    expect(await (await list(`Bearer ${token}`)).json()).toMatchObject({ data: [{ name: 'Ana Díaz' }] })
    expect((await list('Bearer another')).status).toBe(401)
  })

  it.skipIf(process.platform === 'win32')(
    'lets requests finish when it is stopped, and logs without names',
    async () => {
      const other = await startVisavis(['serve', '--port', '0', '--store', emptyStore], { VISAVIS_TOKEN: token })
      const [address = ''] = /http:\S+$/.exec(other.firstLine) ?? []
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const images = [(await facePicture('photo6Left')).toString('base64')]
      const body = JSON.stringify({ name: 'Cleo', images })
      const enrolling = fetch(`${address}/v2/face-recognition/persons`, { method: 'POST', headers, body })
      await expect
        .poll(async () => (await fetch(`${address}/metrics`, { headers })).text())
        .toMatch(/visavis_(recognitions_running 1|http_requests_total\{method="POST".*status="200"\} 1)/)
      const stopping = other.stop('SIGINT')
      expect((await enrolling).status).toBe(200)
      const { code, stdout, stderr } = await stopping
      expect(code).toBe(0)
      expect(stdout).toBe(`${other.firstLine}\n`)
      const log = stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(log.map(({ event }) => event)).toEqual(expect.arrayContaining(['listening', 'request', 'closing']))
      expect(log.at(-1)).toMatchObject({ event: 'closed' })
      expect(stderr).not.toMatch(/Cleo|a-token/)
      const again = await startVisavis(['serve', '--port', '0', '--store', emptyStore, '--quiet', '--json'], {
        VISAVIS_TOKEN: token,
      })
      const { stdout: document, stderr: nothing } = await again.stop()
      expect(JSON.parse(document)).toEqual({ url: expect.stringMatching(/^http:/), store: emptyStore, people: 1 })
      expect(nothing).toBe('')
    },
  )

  it('refuses to start without a token, on a port that is taken, and with a store that is in use', async () => {
    const args = ['serve', '--store', path.join(folder, 'new.db')]
    expect(await runVisavis(args, { env: { VISAVIS_TOKEN: '' } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No token was given'),
    })
    expect(existsSync(path.join(folder, 'new.db'))).toBe(false)
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const port = String((taken.address() as AddressInfo).port)
    expect(await runVisavis([...args, '--token', token, '--port', port])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`Port ${port} of 127.0.0.1 is taken`),
    })
    taken.close()
    expect(await runVisavis(['serve', '--store', store, '--token', token])).toMatchObject({ code: 3 })
    expect(await runVisavis([...args, '--insecure-no-auth', '--host', '0.0.0.0'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('loopback'),
    })
  })
})

describe('visavis search --remote', () => {
  it('finds who is enrolled there, by the token of the environment, too', async () => {
    const { code, stdout, stderr } = await searchBy('--json', '--collection', 'Staff')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { candidates, source } = JSON.parse(stdout) as { candidates: object[]; source: string }
    expect(source).toBe('remote')
    expect(candidates).toEqual([
      expect.objectContaining({ name: 'Ana Díaz', collections: [expect.objectContaining({ name: 'Staff' })] }),
    ])
    expect(candidates[0]).not.toHaveProperty('falseMatchRate')
    const plain = await runVisavis(['search', probe, '--remote', url], { env: { VISAVIS_TOKEN: token } })
    expect(plain.stdout).toMatch(/^Found 1 person\.\n[^]*Ana Díaz {2}[01]\.\d\d {2}[^]*Searched http:/)
    expect(plain.stdout).not.toContain('stranger')
  })

  it('says what is wrong with 3, and never the token', async () => {
    const refused = await runVisavis(['search', probe, '--remote', url, '--token', 'not-the-right-one'])
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toMatch(/^error: .*token/)
    expect(refused.stderr).not.toContain('not-the-right-one')
  })
})

describe('visavis search --fallback', () => {
  it('asks there where nobody is found here, and says why', async () => {
    const found = await searchBy('--store', emptyStore, '--fallback', '--json')
    expect(found).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(found.stdout)).toMatchObject({
      source: 'remote',
      choice: { reason: 'nobody_found' },
      candidates: [{ name: 'Ana Díaz' }],
    })
    const { stdout } = await searchBy('--store', emptyStore, '--fallback')
    expect(stdout).toMatch(/Searched http:\S+ because of nobody found/)
  })

  it('sends no picture without a face, and answers from here where there is no answer from there', async () => {
    const args = ['--store', emptyStore, '--fallback', '--token', token, '--json']
    expect(await runVisavis(['search', wall, '--remote', url, ...args])).toMatchObject({ code: 1 })
    const alone = await runVisavis(['search', probe, '--remote', 'http://localhost:9', ...args])
    expect(alone.code).toBe(1)
    expect(JSON.parse(alone.stdout)).toMatchObject({
      source: 'local',
      candidates: [],
      choice: { reason: 'nobody_found', failed: 'network' },
    })
  })
})
