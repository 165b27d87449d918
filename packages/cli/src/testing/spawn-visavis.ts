import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export type VisavisProcess = ChildProcessByStdio<null, Readable, Readable>

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** The command in a process of its own, with what the environment of the tests says to it taken away. */
export function spawnVisavis(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): VisavisProcess {
  const {
    FORCE_COLOR: _,
    NO_COLOR: __,
    VISAVIS_DEBUG: ___,
    VISAVIS_TOKEN: ____,
    VISAVIS_SYNC_TOKEN: _____,
    VISAVIS_MODEL: ______,
    ...ours
  } = process.env
  const child = spawn(process.execPath, ['--conditions=visavis-source', main, ...args], {
    env: { ...ours, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  return child
}
