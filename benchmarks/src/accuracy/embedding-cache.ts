import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { isRefusal, type Outcome } from '../contenders/contender.ts'

const root = path.join(import.meta.dirname, '../../..')
const folder = path.join(root, '.cache/embeddings')

/** What decides which template a picture gives, besides the picture: all code and networks on its way. */
const sources = ['packages/core/src/image', 'packages/core/src/recognition', 'packages/models/assets']
const others = [
  'pnpm-lock.yaml',
  'packages/models/src/networks.ts',
  'packages/models/src/opt-in-assets.ts',
  'packages/models/src/packs.ts',
  'benchmarks/src/contenders',
  'benchmarks/src/picture.ts',
]

/** Where a template lies in the file of rows, in values; or why there is none. */
type Line = { readonly picture: string } & (
  | { readonly at: number; readonly values: number }
  | { readonly refused: string }
)

/** Templates that an earlier run made, by the SHA-256 of the picture's file: one line of text and one row of values each. */
export class EmbeddingCache {
  readonly #lines: string
  readonly #rows: string
  readonly #known: Map<string, Outcome> = new Map()
  /** How many values the file of rows holds. */
  #end = 0

  private constructor(key: string) {
    this.#lines = path.join(folder, `${key}.jsonl`)
    this.#rows = path.join(folder, `${key}.f32`)
  }

  /** @param way What makes the templates, such as `visavis/dlib/fast/64`; the code behind it is looked at here. */
  static async open(way: string): Promise<EmbeddingCache> {
    mkdirSync(folder, { recursive: true })
    const cache = new EmbeddingCache(`${way.replaceAll(/[^\w+.-]+/g, '_')}-${(await codeHash()).slice(0, 16)}`)
    cache.#load()
    return cache
  }

  get(picture: string): Outcome | undefined {
    return this.#known.get(picture)
  }

  put(picture: string, outcome: Outcome): void {
    if (this.#known.has(picture)) return
    this.#known.set(picture, outcome)
    // The row first: a run that is killed between the two leaves a row that no line names, and nothing worse.
    if (!isRefusal(outcome))
      appendFileSync(this.#rows, new Uint8Array(outcome.buffer, outcome.byteOffset, outcome.byteLength))
    const line: Line = isRefusal(outcome)
      ? { picture, refused: outcome.refused }
      : { picture, at: this.#end, values: outcome.length }
    appendFileSync(this.#lines, `\n${JSON.stringify(line)}`)
    if (!isRefusal(outcome)) this.#end += outcome.length
  }

  #load(): void {
    const lines = readOr(this.#lines)?.toString('utf8').split('\n') ?? []
    const bytes = readOr(this.#rows)
    const rows = bytes === undefined ? new Float32Array(0) : new Float32Array(Uint8Array.from(bytes).buffer)
    this.#end = rows.length
    for (const text of lines) {
      // A line that a run was killed in.
      if (!text.endsWith('}')) continue
      const line = JSON.parse(text) as Line
      this.#known.set(
        line.picture,
        'refused' in line ? { refused: line.refused } : rows.slice(line.at, line.at + line.values),
      )
    }
  }
}

let hashed: Promise<string> | undefined

function codeHash(): Promise<string> {
  hashed ??= hashCode()
  return hashed
}

async function hashCode(): Promise<string> {
  const files = await Promise.all([...sources, ...others].map((place) => filesOf(path.join(root, place))))
  const hash = createHash('sha256')
  for (const file of files.flat().sort()) hash.update(path.relative(root, file)).update(await readFile(file))
  return hash.digest('hex')
}

async function filesOf(place: string): Promise<string[]> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) return [place]
  const nested = entries
    .filter(({ name }) => !name.endsWith('.test.ts'))
    .map(({ name }) => filesOf(path.join(place, name)))
  return (await Promise.all(nested)).flat()
}

function readOr(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
