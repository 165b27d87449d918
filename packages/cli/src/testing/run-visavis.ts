import { spawnVisavis } from './spawn-visavis.ts'

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The folder it is started in. @default this process's */
  readonly cwd?: string
  /** Called when the process runs; may send it signals. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void
}

/** Runs the command in a process of its own, its outputs piped. */
export function runVisavis(args: readonly string[], { env = {}, cwd, onStart }: RunOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawnVisavis(args, env, cwd)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text: string) => (stdout += text))
    child.stderr.on('data', (text: string) => (stderr += text))
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }))
    onStart?.((signal) => child.kill(signal))
  })
}
