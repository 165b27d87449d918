import { access, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Index } from 'usearch'
import { UsearchError } from './usearch-error.ts'

/** Older ones crash on files that are cut off, and run forever when much is removed and added. */
const leastVersion = [2, 26, 2] as const

/**
 * The class of the npm package usearch, imported when it is first asked for.
 * @throws UsearchError `load_failed` where the package is missing, too old, or does not run on this system.
 */
export async function loadAddon(): Promise<typeof Index> {
  const version = await installedVersion()
  if (!isRecent(version)) {
    throw new UsearchError(
      'load_failed',
      `The npm package usearch is ${version} here, and below ${leastVersion.join('.')} it can crash the process; install usearch@${leastVersion.join('.')} or later of version 2.`,
    )
  }
  try {
    const { Index: NativeIndex } = await import('usearch')
    return NativeIndex
  } catch (cause) {
    throw failed(cause)
  }
}

async function installedVersion(): Promise<string> {
  try {
    const entry = createRequire(import.meta.url).resolve('usearch')
    return await readVersion(path.dirname(entry))
  } catch (cause) {
    throw failed(cause)
  }
}

/** The package does not export its package.json, so it is looked for from its entry upwards. */
async function readVersion(folder: string): Promise<string> {
  const file = path.join(folder, 'package.json')
  if (await exists(file)) {
    const { name, version } = JSON.parse(await readFile(file, 'utf8')) as { name?: string; version?: string }
    if (name === 'usearch' && version !== undefined) return version
  }
  if (path.dirname(folder) === folder) throw new Error('its package.json was not found')
  return readVersion(path.dirname(folder))
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

/** Whether it is a version of the same major number, and not before the least; one that cannot be read is not. */
export function isRecent(version: string): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)
  if (match === null) return false
  const [major, minor, patch] = match.slice(1).map(Number) as [number, number, number]
  const [leastMajor, leastMinor, leastPatch] = leastVersion
  return major === leastMajor && (minor > leastMinor || (minor === leastMinor && patch >= leastPatch))
}

function failed(cause: unknown): UsearchError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : 'unknown reason'
  return new UsearchError(
    'load_failed',
    `The npm package usearch could not be loaded (${reason}); install usearch@${leastVersion.join('.')}, or use the WebAssembly index, which runs everywhere.`,
    { cause },
  )
}
