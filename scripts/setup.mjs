/**
 * Makes a fresh clone ready: installs what pnpm-lock.yaml says and builds all packages. Quick where nothing changed.
 * Runs in Node 20; what npm runs after it finds the repository's own Node first on its PATH.
 */
import { runPnpm } from './pnpm.mjs'

// All goes to the standard error stream: the standard output belongs to the command that setting up is done for.
/** @type {import('node:child_process').StdioOptions} */
const stdio = ['ignore', 2, 2]

for (const args of [
  ['install', '--frozen-lockfile'],
  ['run', 'build'],
]) {
  const status = runPnpm(args, stdio)
  if (status !== 0) {
    console.error(`setup: pnpm ${args.join(' ')} failed with exit code ${status}; the reason stands above.`)
    process.exit(status)
  }
}
