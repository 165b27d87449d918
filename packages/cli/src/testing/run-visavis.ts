import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Called when the process runs; may send it signals. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** Runs the command in a process of its own, its outputs piped. */
export function runVisavis(args: readonly string[], { env = {}, onStart }: RunOptions = {}): Promise<Run> {
  const { FORCE_COLOR: _, NO_COLOR: __, VISAVIS_DEBUG: ___, ...ours } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=visavis-source', main, ...args], {
      env: { ...ours, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }))
    onStart?.((signal) => child.kill(signal))
  })
}
