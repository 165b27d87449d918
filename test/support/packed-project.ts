import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../..')

/** Makes the folder an empty project that depends on packages as they would be published. */
export async function packProject(project: string, names: readonly string[]): Promise<void> {
  const packed = path.join(project, 'packed')
  await mkdir(packed, { recursive: true })
  for (const name of names) {
    await run(process.execPath, [path.join(root, 'scripts/pnpm.mjs'), 'pack', '--pack-destination', packed], {
      cwd: path.join(root, 'packages', name),
    })
  }
  const tarballs = (await readdir(packed)).map((file) => path.join(packed, file))
  await writeFile(path.join(project, 'package.json'), '{ "type": "module", "private": true }')
  await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs], { cwd: project })
}
