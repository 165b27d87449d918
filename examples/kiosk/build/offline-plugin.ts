import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { build, type Plugin } from 'vite'
import type { Precache, PrecacheFile } from './precache.ts'

/** Builds the service worker when all other files are written, with the list of them inside. */
export function offlinePlugin(): Plugin {
  let folder = ''
  return {
    name: 'kiosk-offline',
    apply: 'build',
    configResolved({ root, build: { outDir } }) {
      folder = path.resolve(root, outDir)
    },
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        await buildServiceWorker(folder)
      },
    },
  }
}

async function buildServiceWorker(folder: string): Promise<void> {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { precache: JSON.stringify(await listFiles(folder)) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2023',
      rolldownOptions: {
        input: path.join(import.meta.dirname, '../service-worker/service-worker.ts'),
        // A classic script, since not every browser takes modules here.
        output: { format: 'iife', entryFileNames: 'service-worker.js' },
      },
    },
  })
}

async function listFiles(folder: string): Promise<Precache> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: PrecacheFile[] = []
  for (const entry of entries.filter((found) => found.isFile() && found.name !== 'service-worker.js')) {
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, file).split(path.sep).join('/')
    files.push({
      path: name === 'index.html' ? '' : name,
      integrity: `sha256-${createHash('sha256')
        .update(await readFile(file))
        .digest('base64')}`,
      // Vite puts there what it names by hash.
      immutable: name.startsWith('assets/'),
    })
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
  return { version, files }
}
