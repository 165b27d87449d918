import { VisavisError } from '@visavis/core'
import { anything, invalidOption, optional, type OptionShape } from '@visavis/core/kit'
import type { RecognizerOptions } from '@visavis/core/tfjs'
import type { AssetFiles, CrossingAssets, RecognizerRequest } from '../protocol.ts'

/** What a worker's recognizer is made of. */
export interface RecognizerFiles {
  /**
   * Where the files of `dist/assets` are: a folder's URL, or for each file's name a URL or bytes.
   * @default beside the worker's file
   */
  assets?: AssetFiles
  /** What makes templates. @default 'dlib' */
  model?: NonNullable<RecognizerOptions['model']>
  /** Plain data for a `worker` of the app's own, whose `open` is given a copy of it. @default nothing */
  settings?: unknown
}

/** What they may be is said where they are used. */
export const recognizerFiles: OptionShape<RecognizerFiles> = {
  assets: optional((name, value) => {
    const isThere = typeof value === 'string' || (typeof value === 'object' && value !== null)
    if (!isThere) throw invalidOption(name, 'must be a URL, or an object of URLs or bytes')
  }),
  model: anything,
  settings: anything,
}

/** The same as it can cross into a worker, where a relative URL would mean another place. */
export function toSettings({ assets, model, settings }: RecognizerFiles): RecognizerRequest {
  return {
    ...(settings === undefined ? {} : { settings: copyOf(settings) }),
    ...(model === undefined
      ? {}
      : { model: typeof model === 'string' && model.includes('/') ? absolute(model) : model }),
    ...(assets === undefined ? {} : { assets: crossing(assets) }),
  }
}

/** As they are now: a worker that is started again is given the same. */
function copyOf(settings: unknown): unknown {
  try {
    return structuredClone(settings)
  } catch (cause) {
    throw new VisavisError('invalid_option', 'settings must be plain data, which can be sent to a worker.', { cause })
  }
}

function crossing(assets: AssetFiles): CrossingAssets {
  if (typeof assets === 'string' || assets instanceof URL) return absolute(assets)
  const entries = Object.entries(assets).map(([name, source]) => {
    if (typeof source === 'string' || source instanceof URL) return [name, absolute(source)] as const
    // Bytes of their own: a message that holds a part of a buffer ships all of it.
    return [name, new Uint8Array(source instanceof ArrayBuffer ? source.slice() : source)] as const
  })
  return Object.fromEntries(entries)
}

function absolute(url: string | URL): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  return base === undefined ? String(url) : new URL(url, base).href
}
