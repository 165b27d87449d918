import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Arguments for a Node that runs a module given as text, with the packages' sources. */
export function moduleArguments(script: string): string[] {
  return ['--conditions=visavis-source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]
}

/** Runs a module given as text in a process of its own, from the folder of the tests. */
export function runModule(
  script: string,
  nodeArguments: readonly string[] = [],
): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [...nodeArguments, ...moduleArguments(script)], { cwd: new URL('..', import.meta.url) })
}
