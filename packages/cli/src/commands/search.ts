import type { SearchMode, SearchResult } from '@visavis/core'
import type { Command } from 'commander'
import { requireCollection } from '../collection-choice.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { openMatcher } from '../open-matcher.ts'
import { options, parseMaxResults } from '../option-values.ts'
import { paint } from '../output.ts'
import { printableName, viewCandidate } from '../person-view.ts'
import { readPictures } from '../picture-file.ts'
import { printable } from '../printable.ts'
import { formatScore, scoreWords } from '../score-words.ts'
import { formatTable } from '../table.ts'

interface SearchCommandOptions {
  store: string
  minScore: number
  mode: SearchMode
  collection?: string
  maxResults: number
}

export function addSearch(program: Command, context: Context): void {
  program
    .command('search')
    .summary('find out who is in a picture')
    .description('Find out who is in a picture, among the people enrolled.')
    .argument('<picture...>', 'one to three pictures of one person: crops of the face, or photographs')
    .addOption(options.store())
    .addOption(options.minScore())
    .addOption(options.mode())
    .option('--collection <id or name>', 'search only the people of this collection (default: everybody)')
    .option('--max-results <count>', 'the most people to list, 1 to 100', parseMaxResults, 10)
    .addOption(options.json())
    .addHelpText(
      'after',
      `
A stranger who is compared with 1,000 people reaches 0.7 in one search of ten: ask for 0.8 or 0.9 of large collections.

Examples:
  visavis search crop.jpg --store team.db
  visavis search left.jpg front.jpg --store team.db --collection Staff --min-score 0.8 --json`,
    )
    .action((pictures: string[], given: SearchCommandOptions) => search(pictures, given, context))
}

async function search(files: string[], given: SearchCommandOptions, { output, signal, exit }: Context): Promise<void> {
  const { store, minScore, mode, maxResults } = given
  const pictures = await readPictures(files)
  await using matcher = await openMatcher({ store, signal })
  const collection = given.collection === undefined ? null : await requireCollection(matcher, given.collection)
  const where = collection === null ? {} : { collectionId: collection.id }
  const result = await matcher.search(pictures, { minScore, mode, maxResults, signal, ...where })
  if (result.candidates.length === 0) exit(exitCodes.nobody)
  const { candidates, ...rest } = result
  output.answer({ ...rest, minScore, mode, candidates: candidates.map(viewCandidate) }, () =>
    describe(result, given, collection?.name),
  )
}

function describe(
  result: SearchResult,
  { minScore, mode, store }: SearchCommandOptions,
  collection?: string,
): string[] {
  const { candidates, milliseconds } = result
  const among = printable(collection === undefined ? store : `${store}, collection ${collection}`)
  const took = milliseconds === undefined ? '' : ` in ${Math.round(milliseconds.total)} ms`
  const searched = paint('dim', `Searched ${among}${took} (${mode}).`)
  if (candidates.length === 0) {
    const threshold = `${formatScore(minScore)} (${scoreWords(minScore)})`
    return [paint('yellow', `Nobody found: no one is as alike as ${threshold}.`), searched]
  }
  const table = formatTable(
    [{ title: '' }, { title: 'Person' }, { title: 'Score' }, { title: 'As alike by chance' }, { title: 'Id' }],
    candidates.map((candidate, i) => [
      String(i + 1),
      printableName(candidate),
      formatScore(candidate.score),
      scoreWords(candidate.score),
      printable(candidate.id),
    ]),
  )
  const count = candidates.length === 1 ? '1 person' : `${candidates.length} people`
  return [paint('green', `Found ${count}.`), '', ...table, '', searched]
}
