import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { facePicture } from './testing/face-pictures.ts'
import { runVisavis } from './testing/run-visavis.ts'
import { startVisavis, type RunningVisavis } from './testing/start-visavis.ts'
import { writeTwoPeople } from './testing/two-people.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'visavis-sync-'))
const office = path.join(folder, 'office.db')
const gate = path.join(folder, 'gate.db')
const probe = path.join(folder, 'probe.jpg')
const tokenFile = path.join(folder, 'token.txt')
const token = 'a-token-of-the-tests-0123456789'
let server: RunningVisavis
let url: string

beforeAll(async () => {
  await writeTwoPeople(path.join(folder, 'people'))
  writeFileSync(probe, await facePicture('photo3Middle', { shift: 0.2, mirrored: true }))
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 })
  await runVisavis(['enroll', path.join(folder, 'people'), '--store', office, '--collection', 'Staff'])
  await serve('0')
})

afterAll(async () => {
  await server?.stop('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function serve(port: string): Promise<void> {
  server = await startVisavis(['serve', '--port', port, '--store', office, '--token', token, '--quiet'])
  ;[url = ''] = /http:\S+$/.exec(server.firstLine) ?? []
}

const sync = (...more: string[]): ReturnType<typeof runVisavis> =>
  runVisavis(['sync', '--remote', url, '--collection', 'Staff', '--store', gate, '--token-file', tokenFile, ...more])

describe('visavis sync', () => {
  it('says what it would do, does it, and has nothing to do then', async () => {
    const dry = await sync('--dry-run', '--json')
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, added: { length: 2 }, collection: { name: 'Staff' } })
    expect(existsSync(gate)).toBe(false)
    const { code, stdout, stderr } = await sync()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Synced Staff from http:\S+ to \S+gate\.db: 2 people\.\n {2}2 added, 0 changed, 0 removed/)
    const again = JSON.parse((await sync('--json')).stdout) as Record<string, unknown>
    expect(again).toMatchObject({ complete: true, added: [], changed: [], removed: [], unchanged: 2, pictures: 0 })
  })

  it('refuses what cannot be, with 2, and a wrong token with 3', async () => {
    expect(await sync('--collection', 'Nobody')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no collection Nobody'),
    })
    expect(await sync('--every', 'often')).toMatchObject({ code: 2, stderr: expect.stringContaining('such as 90s') })
    expect(await sync('--every', '1h', '--token-file', path.join(folder, 'none'))).toMatchObject({ code: 2 })
    writeFileSync(path.join(folder, 'wrong.txt'), 'another-token-0123456789')
    const refused = await sync('--token-file', path.join(folder, 'wrong.txt'))
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).not.toContain('another-token')
  })

  it.skipIf(process.platform === 'win32')(
    'goes on while the service is away, whose people are found all the same, and ends cleanly',
    async () => {
      const syncing = await startVisavis(
        ['sync', '--remote', url, '--collection', 'Staff', '--store', gate, '--every', '1s', '--json'],
        { VISAVIS_TOKEN: token },
      )
      const port = new URL(url).port
      await server.stop()
      await expect.poll(syncing.stderr, { timeout: 60_000 }).toContain('What is in the store stays as it is')
      const found = await runVisavis(['search', probe, '--store', gate, '--collection', 'Staff', '--json'])
      expect(JSON.parse(found.stdout)).toMatchObject({ source: 'local', candidates: [{ name: 'Ana Díaz' }] })
      await serve(port)
      const failed = syncing.stdout().split('"network"').length
      await expect
        .poll(() => syncing.stdout().slice(syncing.stdout().lastIndexOf('"network"')), { timeout: 60_000 })
        .toContain('"complete": true')
      expect(failed).toBeGreaterThan(1)
      const { code, stdout } = await syncing.stop('SIGINT')
      expect(code).toBe(0)
      expect(stdout).not.toContain(token)
    },
  )
})
