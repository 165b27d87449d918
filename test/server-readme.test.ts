import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { faceFile, otherFaceFile } from './support/face-file.ts'

const root = path.resolve(import.meta.dirname, '..')
const command = path.join(root, 'packages/cli/src/main.ts')

let folder: string
/** What is pasted into one terminal and into the other. */
let serverScript: string
let walkScript: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-walk-'))
  await writeFile(path.join(folder, 'ana.jpg'), await faceFile('Ada'))
  await writeFile(path.join(folder, 'ana-again.jpg'), await otherFaceFile('Ada'))
  const readme = await readFile(path.join(root, 'packages/server/README.md'), 'utf8')
  const block = (name: string): string => new RegExp(`\`\`\`sh ${name}\n([^]*?)\`\`\``).exec(readme)?.[1] ?? ''
  serverScript = block('server')
  walkScript = block('walk')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

it.skipIf(process.platform === 'win32')('walks through the endpoints with curl as the README says', async () => {
  expect(serverScript).toContain('visavis serve')
  expect(walkScript).toContain('/search/crops')
  // The command as it is installed globally; any free port, since others may be at work on this machine.
  const installed = `visavis() { exec '${process.execPath}' --conditions=visavis-source '${command}' "$@"; }\n`
  const serving = spawn('bash', ['-c', installed + serverScript.replace('--port 8080', '--port 0')], { cwd: folder })
  try {
    let log = ''
    serving.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
    const url = await new Promise<string>((resolve, reject) => {
      let text = ''
      serving.stdout.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
        const [ready] = /http:\S+(?=\n)/.exec(text) ?? []
        if (ready !== undefined) resolve(ready)
      })
      serving.on('close', () => reject(new Error(`The server did not start: ${log}`)))
    })
    const walk = walkScript.replaceAll('http://127.0.0.1:8080', url)
    const { code, stderr } = await run(`set -eu\n${walk}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect((await answer('staff')).data).toMatchObject({ name: 'Staff' })
    const ana = (await answer('ana')).data as { _id: string }
    expect((await answer('found')).data).toEqual([
      expect.objectContaining({
        id: ana._id,
        name: 'Ana Díaz',
        collections: [expect.objectContaining({ name: 'Staff' })],
      }),
    ])
    expect((await answer('verified')).data).toMatchObject({ match: { id: ana._id } })
    expect((await answer('compared')).data).toMatchObject({ result: { passed: true } })
    expect((await answer('detected')).data).toMatchObject([{ persons: [{ name: 'Ana Díaz' }] }])
    expect((await answer('listed')).data).toMatchObject([{ _id: ana._id }])
    expect((await answer('looked-up')).data).toMatchObject([{ _id: ana._id }])
    expect((await answer('changed')).data).toMatchObject({ notes: 'Day shift' })
    expect((await answer('deleted')).data).toEqual({ _id: ana._id })
  } finally {
    serving.kill('SIGTERM')
    await new Promise((resolve) => {
      if (serving.exitCode !== null) resolve(undefined)
      serving.on('close', resolve)
    })
  }
})

async function answer(name: string): Promise<{ data: unknown }> {
  return JSON.parse(await readFile(path.join(folder, `${name}.json`), 'utf8')) as { data: unknown }
}

function run(script: string): Promise<{ code: number | null; stderr: string }> {
  const shell = spawn('bash', ['-c', script], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  shell.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    shell.on('close', (code) => resolve({ code, stderr }))
  })
}
