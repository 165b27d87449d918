import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { PackName } from '@visavis/models'
import type { ContenderName, Outcome } from '../contenders/contender.ts'
import { ContenderProcess } from '../contenders/process.ts'
import type { Dataset } from '../dataset.ts'
import { Progress } from '../progress.ts'
import { EmbeddingCache } from './embedding-cache.ts'

export interface EmbedOptions {
  readonly contender: ContenderName
  readonly operations: readonly string[]
  /** What visavis makes templates with. @default 'dlib' */
  readonly model?: PackName | undefined
  /** The longer side the images are scaled down to, pixels. @default as they are */
  readonly size?: number | undefined
  /** @default 2 */
  readonly processes?: number
}

/**
 * What a contender made of every image, for each of its operations: one outcome an image, in the dataset's order. What an
 * earlier run of the same code made of the same picture is read from `.cache/embeddings`.
 */
export async function embed(
  { images }: Dataset,
  { contender, operations, model, size, processes = 2 }: EmbedOptions,
): Promise<Map<string, Outcome[]>> {
  const way = (operation: string): string =>
    [contender, model, operation, size].filter((part) => part !== undefined).join('/')
  const caches = new Map<string, EmbeddingCache>()
  for (const operation of operations) caches.set(operation, await EmbeddingCache.open(way(operation)))
  const pictures = await Promise.all(images.map(({ file }) => sha256(file)))
  const lacks = (picture: string): string[] => operations.filter((name) => caches.get(name)?.get(picture) === undefined)
  const missing = images.flatMap(({ file }, i) =>
    lacks(pictures[i] as string).length > 0 ? [{ file, picture: pictures[i] as string }] : [],
  )
  const label = [contender, model, size === undefined ? undefined : `at ${size} px`]
    .filter((part) => part !== undefined)
    .join(' ')
  const progress = new Progress(label, missing.length)
  const waiting = missing.values()
  const work = async (): Promise<void> => {
    await using process = new ContenderProcess(contender, model)
    for (const { file, picture } of waiting) {
      const asked = lacks(picture)
      const { outcomes } = await process.ask({ file, size }, asked)
      for (const [k, operation] of asked.entries()) caches.get(operation)?.put(picture, outcomes[k] as Outcome)
      progress.step()
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, missing.length) }, work))
  return new Map(
    operations.map((operation) => [
      operation,
      pictures.map((picture) => caches.get(operation)?.get(picture) as Outcome),
    ]),
  )
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}
