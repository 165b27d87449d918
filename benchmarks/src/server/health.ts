import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { packageFolder } from '../contenders/modules.ts'
import { childArguments } from '../contenders/process.ts'

export interface Health {
  /** Of each request, milliseconds. */
  readonly milliseconds: readonly number[]
  /** How many photographs were answered meanwhile, by status. */
  readonly statuses: Readonly<Record<number, number>>
}

/** A photograph as a good camera takes it, and just below the server's limit of pixels. */
const largest = { width: 5600, height: 4200, fit: 'fill' } as const
const callers = 4
const pauseMilliseconds = 20
const token = 'a-token-of-the-benchmarks-0123456789'

/**
 * How long `visavis serve` takes to answer its health check while callers have it detect faces in large photographs.
 */
export async function measureHealth(seconds: number): Promise<Health> {
  const folder = await mkdtemp(path.join(tmpdir(), 'visavis-health-'))
  const command = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url))
  const store = path.join(folder, 'people.db')
  const server = spawn(process.execPath, [...childArguments, command, 'serve', '--store', store, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, VISAVIS_TOKEN: token },
  })
  const ended = once(server, 'exit')
  try {
    const [line] = (await Promise.race([once(createInterface(server.stdout), 'line'), ended])) as [unknown]
    const url = String(line)
      .split(' ')
      .find((word) => word.startsWith('http:'))
    if (url === undefined) throw new Error(`The server did not start: ${String(line)}.`)
    const photograph = path.join(packageFolder('@vladmandic/face-api'), 'demo/sample1.jpg')
    const picture = await sharp(photograph).resize(largest).jpeg({ quality: 85 }).toBuffer()
    const body = JSON.stringify({ image: picture.toString('base64') })
    const statuses: Record<number, number> = {}
    const until = performance.now() + seconds * 1000
    const call = async (): Promise<void> => {
      while (performance.now() < until) {
        const { status } = await fetch(`${url}/v2/face-recognition/detect`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body,
        })
        statuses[status] = (statuses[status] ?? 0) + 1
      }
    }
    const calls = Promise.all(Array.from({ length: callers }, call))
    const milliseconds: number[] = []
    while (performance.now() < until) {
      const started = performance.now()
      const { ok } = await fetch(`${url}/health`)
      if (!ok) throw new Error('The server does not say that it lives.')
      milliseconds.push(performance.now() - started)
      await pause(pauseMilliseconds)
    }
    await calls
    return { milliseconds, statuses }
  } finally {
    server.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}
