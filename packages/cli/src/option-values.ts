import type { IndexName, SearchMode } from '@visavis/core'
import type { Precision } from '@visavis/models/convert'
import { InvalidArgumentError, Option } from 'commander'
import { parseInterval } from './sync-schedule.ts'

const indexNames: readonly IndexName[] = ['auto', 'packed', 'usearch', 'usearch-native']

/** Options that several commands have, and how their values are read. */
export const options = {
  json: (): Option => new Option('--json', 'print one JSON document on the standard output instead of text'),

  store: (): Option =>
    new Option('--store <file>', 'the SQLite file that holds the enrolled people; required').makeOptionMandatory(),

  index: (): Option =>
    new Option(
      '--index <name>',
      'how templates are searched: auto, packed (scans), usearch (its graph), or usearch-native (by its addon); the same in all commands keeps a graph beside the store',
    )
      .choices(indexNames)
      .env('VISAVIS_INDEX')
      .default('auto'),

  passphraseFile: (): Option =>
    new Option('--passphrase-file <file>', 'encrypts the file with the passphrase in the first line of this one'),

  mostRemovals: (flags: string): Option =>
    new Option(
      `${flags} <percent>`,
      'the largest share of the people here that one sync removes; where more are gone from the service, all stay (default: 50%)',
    ).argParser(parsePercent),

  previousModel: (): Option =>
    new Option(
      '--previous-model <name or folder>',
      'what the templates in the store were made with, where that was another model: it answers until all are made anew',
    ),

  model: (): Option =>
    new Option(
      '--model <name or folder>',
      'what templates are made with: see visavis models list; a folder is written with a slash',
    )
      .env('VISAVIS_MODEL')
      .default('dlib'),

  minScore: (): Option =>
    new Option(
      '--min-score <score>',
      'the least score that counts as the same person, 0.5 to 1; a stranger reaches 0.5 once in 100 comparisons, and each further 0.1 ten times more rarely',
    )
      .argParser(parseMinScore)
      .default(0.7, '0.7, one stranger in 10,000'),

  mode: (): Option =>
    new Option(
      '--mode <mode>',
      'FAST: one view of the face; ACCURATE: also its mirror image, about twice the computation',
    )
      .argParser(parseMode)
      .default('ACCURATE'),
}

function parseMinScore(text: string): number {
  const score = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(score >= 0.5 && score <= 1)) throw new InvalidArgumentError('It must be a number from 0.5 to 1, such as 0.7.')
  return score
}

/** A share from 0 to 1. */
function parsePercent(text: string): number {
  const percent = /^\d{1,3}(\.\d+)?%$/.test(text.trim()) ? Number(text.trim().slice(0, -1)) : Number.NaN
  if (!(percent <= 100)) throw new InvalidArgumentError('It must be a share from 0% to 100%, such as 80%.')
  return percent / 100
}

function parseMode(text: string): SearchMode {
  const mode = text.toUpperCase()
  if (mode !== 'FAST' && mode !== 'ACCURATE') throw new InvalidArgumentError('It must be FAST or ACCURATE.')
  return mode
}

export function parsePrecision(text: string): Precision {
  if (text !== 'float32' && text !== 'float16' && text !== 'uint8') {
    throw new InvalidArgumentError('It must be float32, float16 or uint8.')
  }
  return text
}

export function parseMaxResults(text: string): number {
  const count = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(count >= 1 && count <= 100)) throw new InvalidArgumentError('It must be a whole number from 1 to 100.')
  return count
}

/** Milliseconds. */
export function parseEvery(text: string): number {
  const every = parseInterval(text)
  if (every === undefined) throw new InvalidArgumentError('It must be a time such as 90s, 15m, 6h or 1d, at most 7d.')
  return every
}
