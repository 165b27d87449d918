/**
 * Runs the pnpm that package.json pins, whether or not one is installed: `node scripts/pnpm.mjs <arguments>`.
 * Like setup.mjs it must run in Node 20, because it comes before the Node of this repository is installed.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/**
 * @param {readonly string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {number} the exit code
 */
export function runPnpm(args, stdio) {
  // The level is given because .npmrc silences npm, and here its errors are wanted.
  const { error, status } = spawnSync('npx', ['--yes', '--loglevel=error', packageManager, ...args], {
    stdio,
    // On Windows npx is a batch file, which only a shell starts.
    shell: process.platform === 'win32',
  })
  if (error) throw error
  return status ?? 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = runPnpm(process.argv.slice(2), 'inherit')
}
