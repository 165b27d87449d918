import { spawnVisavis } from './spawn-visavis.ts'

/** A command that goes on until it is stopped. */
export interface RunningVisavis {
  /** What it printed first on the standard output. */
  readonly firstLine: string
  /** What it printed so far. */
  stdout(): string
  stderr(): string
  /** Sends a signal, where it has not ended yet, and gives how it ended. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; stdout: string; stderr: string }>
}

/** Starts the command in a process of its own. @throws Error where it ends before it has printed a line. */
export async function startVisavis(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningVisavis> {
  const child = spawnVisavis(args, env)
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (text: string) => (stderr += text))
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const firstLine = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: string) => {
      stdout += text
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')))
    })
    child.on('close', () => reject(new Error(`It ended before it was ready: ${stderr}`)))
  })
  return {
    firstLine,
    stdout: () => stdout,
    stderr: () => stderr,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return { code: await closed, stdout, stderr }
    },
  }
}
