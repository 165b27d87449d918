/** Checks the types of the whole repository: packages and examples with their own tsconfig.json, the rest with the root's. */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const own = ['packages/*/tsconfig.json', 'examples/*/tsconfig.json', 'examples/*/service-worker/tsconfig.json']
const projects = ['tsconfig.json', ...globSync(own, { cwd: root }).sort()]
const failed = projects.filter((project) => {
  const { status } = spawnSync('tsc', ['--project', project], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return status !== 0
})
if (failed.length > 0) {
  console.error(`Types are wrong in ${failed.join(', ')}`)
  process.exitCode = 1
}
