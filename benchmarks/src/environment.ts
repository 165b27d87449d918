import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { packageFolder } from './contenders/modules.ts'

/** What a result depends on besides the code: enough to tell two runs apart, nothing that says whose machine it was. */
export interface Environment {
  readonly date: string
  readonly command: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cpus: number
  /** Processes that waited for a processor when it began, one minute's mean: what else the machine had to do. */
  readonly load: number
  readonly commit?: string
  readonly versions: Readonly<Record<string, string>>
}

const packages = [
  '@visavis/core',
  '@visavis/models',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-wasm',
  '@vladmandic/face-api',
  '@vladmandic/human',
  'hnswlib-wasm',
  'usearch',
  'sharp',
]

export function environment(): Environment {
  const commit = commitOf()
  return {
    date: new Date().toISOString().slice(0, 19) + 'Z',
    command: ['pnpm bench', ...process.argv.slice(2).map(withoutFolder)].join(' '),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cpus: os.availableParallelism(),
    load: Math.round((os.loadavg()[0] ?? 0) * 100) / 100,
    ...(commit === undefined ? {} : { commit }),
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  }
}

/** A result is to be shown, the folders of the machine it was made on are not. */
function withoutFolder(argument: string): string {
  const [, option = '', value = ''] = /^(--[a-z]+=)?(.*)$/s.exec(argument) ?? []
  return option + (/[/\\]/.test(value) ? path.basename(value) : value)
}

function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder(name), 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}

/** Undefined outside a checkout. */
function commitOf(): string | undefined {
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return git('rev-parse', '--short', 'HEAD') + (changed ? ' with changes' : '')
  } catch {
    return undefined
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}
