import type { PackName } from '@visavis/models'
import type { ContenderName, Outcome } from '../contenders/contender.ts'
import { ContenderProcess } from '../contenders/process.ts'
import type { Dataset } from '../dataset.ts'
import { Progress } from '../progress.ts'

export interface EmbedOptions {
  readonly contender: ContenderName
  /** What visavis makes templates with. @default 'dlib' */
  readonly model?: PackName | undefined
  readonly operations: readonly string[]
  /** The longer side the images are scaled down to, pixels. @default as they are */
  readonly size?: number | undefined
  /** @default 2 */
  readonly processes?: number
}

/** What a contender made of every image, for each of its operations: one outcome an image, in the dataset's order. */
export async function embed(
  { images }: Dataset,
  { contender, model, operations, size, processes = 2 }: EmbedOptions,
): Promise<Map<string, Outcome[]>> {
  const outcomes = new Map(operations.map((operation): [string, Outcome[]] => [operation, []]))
  const progress = new Progress(`${contender}${size === undefined ? '' : ` at ${size} px`}`, images.length)
  const waiting = images.entries()
  const work = async (): Promise<void> => {
    await using process = new ContenderProcess(contender, model)
    for (const [i, { file }] of waiting) {
      const answer = await process.ask({ file, size }, operations)
      for (const [k, operation] of operations.entries()) {
        const list = outcomes.get(operation) as Outcome[]
        list[i] = answer.outcomes[k] as Outcome
      }
      progress.step()
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, images.length) }, work))
  return outcomes
}
