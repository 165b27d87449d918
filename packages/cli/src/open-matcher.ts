import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { LocalMatcher, Store } from '@visavis/core'
import { CommandError } from './command-error.ts'
import { openParts, orClose, partsOver, type PartChoices } from './open-parts.ts'

export interface OpenMatcherOptions extends PartChoices {
  /** Whether the store must be there already. @default true */
  readonly mustExist?: boolean
  readonly signal: AbortSignal
}

/**
 * Loads the networks and opens the store, in this thread.
 *
 * @throws CommandError `file_not_found`; VisavisError `store_*`, `model_*`.
 */
export async function openMatcher({ mustExist, signal, ...choices }: OpenMatcherOptions): Promise<LocalMatcher> {
  if (choices.store !== undefined) await checkStore(choices.store, mustExist)
  return matcherOf(await openParts(choices, signal), signal)
}

/** A matcher over a store, which is closed with it, or where it cannot be made. */
export async function matcherOver(
  store: Store,
  { signal, ...choices }: Omit<PartChoices, 'store'> & { signal: AbortSignal },
): Promise<LocalMatcher> {
  return matcherOf(await partsOver(store, choices, signal), signal)
}

/**
 * A matcher in a thread of its own, with a pool of recognizers beside it, so that it does not block this thread.
 *
 * @throws as {@link openMatcher}
 */
export async function openMatcherApart({
  mustExist,
  signal,
  ...choices
}: OpenMatcherOptions & { readonly workers: number }): Promise<LocalMatcher> {
  if (choices.store !== undefined) await checkStore(choices.store, mustExist)
  const { createWorkerMatcher } = await import('@visavis/worker')
  // Beside this file, in sources and as built.
  const file = import.meta.url.endsWith('.ts') ? './matcher-thread.ts' : './matcher-thread.js'
  return createWorkerMatcher({
    worker: new URL(file, import.meta.url),
    settings: choices,
    restart: choices.store !== undefined,
    // The caller has a queue of its own.
    queue: { policy: 'wait', atOnce: choices.workers },
    signal,
  })
}

/** @throws CommandError `usage`, `file_not_found` */
export async function checkStore(file: string, mustExist: boolean = true): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) throw new CommandError('usage', `--store names the folder ${file}; name a file in it.`)
  if (found !== undefined) return
  if (mustExist) {
    throw new CommandError(
      'file_not_found',
      `There is no store ${file}; make one with visavis enroll, or check the path.`,
    )
  }
  const folder = path.dirname(file)
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new CommandError('file_not_found', `The store's folder ${folder} does not exist; make it first.`)
  }
}

async function matcherOf(parts: Awaited<ReturnType<typeof openParts>>, signal: AbortSignal): Promise<LocalMatcher> {
  const { createMatcher } = await import('@visavis/core')
  return orClose(parts.store, () => orClose(parts.recognizer, () => createMatcher({ ...parts, signal })))
}
