import type { IndexName, SearchMode, SearchResult } from '@visavis/core'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { options, parseMaxResults } from '../option-values.ts'
import { paint } from '../output.ts'
import { printableName, viewCandidate, viewRemoteCandidate } from '../person-view.ts'
import { readPictures } from '../picture-file.ts'
import { printable } from '../printable.ts'
import { formatScore, scoreWords } from '../score-words.ts'
import { openSearcher } from '../searchers.ts'
import { formatTable } from '../table.ts'

interface SearchCommandOptions {
  store?: string
  index: IndexName
  model: string
  remote?: string
  fallback: boolean
  token?: string
  insecure: boolean
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
    .option('--store <file>', 'the SQLite file that holds the enrolled people')
    .addOption(options.index())
    .option('--remote <url>', "search at a service instead: Verifik's, or one of visavis serve; the face is sent there")
    .option(
      '--fallback',
      'search --store first, and --remote where it has nobody as alike, or not the collection',
      false,
    )
    .option('--token <token>', 'the token for --remote (default: that in VISAVIS_TOKEN)')
    .option('--insecure', 'let the face and the token go over plain http to another machine', false)
    .addOption(options.minScore())
    .addOption(options.mode())
    .option('--collection <id or name>', 'search only the people of this collection (default: everybody)')
    .option('--max-results <count>', 'the most people to list, 1 to 100', parseMaxResults, 10)
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
A stranger who is compared with 1,000 people reaches 0.7 in one search of ten: ask for 0.8 or 0.9 of large collections.

Examples:
  visavis search crop.jpg --store team.db
  visavis search left.jpg front.jpg --store team.db --collection Staff --min-score 0.8 --json
  visavis search crop.jpg --remote http://127.0.0.1:8080
  visavis search crop.jpg --store team.db --remote https://api.verifik.co --fallback`,
    )
    .action((pictures: string[], given: SearchCommandOptions) => search(pictures, given, context))
}

async function search(files: string[], given: SearchCommandOptions, { output, signal, exit }: Context): Promise<void> {
  const { minScore, mode, maxResults } = given
  const pictures = await readPictures(files)
  await using searcher = await openSearcher({ ...given, signal })
  const collection = given.collection === undefined ? null : await searcher.requireCollection(given.collection)
  const where = collection === null ? {} : { collectionId: collection.id }
  const result = await searcher.search(pictures, { minScore, mode, maxResults, signal, ...where })
  if (result.candidates.length === 0) exit(exitCodes.nobody)
  const { candidates, ...rest } = result
  const view = result.source === 'local' ? viewCandidate : viewRemoteCandidate
  output.answer({ ...rest, minScore, mode, candidates: candidates.map(view) }, () =>
    describe(result, given, placeOf(result, given), collection?.name),
  )
}

/** What answered, and where it was not the one that is searched first, why. */
function placeOf({ source, choice }: SearchResult, { store = '', remote = '' }: SearchCommandOptions): string {
  const place = source === 'local' ? store : remote
  if (choice === undefined || (choice.reason === 'first' && choice.failed === undefined)) return place
  const because = choice.reason === 'first' ? '' : ` because of ${choice.reason}`
  const failed = choice.failed === undefined ? '' : `; ${remote} failed: ${choice.failed}`
  return `${place}${because}${failed}`.replaceAll('_', ' ')
}

function describe(
  result: SearchResult,
  { minScore, mode }: SearchCommandOptions,
  place: string,
  collection?: string,
): string[] {
  const { candidates, milliseconds, source } = result
  const among = printable(collection === undefined ? place : `${place}, collection ${collection}`)
  const took = milliseconds === undefined ? '' : ` in ${Math.round(milliseconds.total)} ms`
  const searched = paint('dim', `Searched ${among}${took} (${mode}).`)
  // What another engine's scores mean is not known here.
  const meaning = (score: number): string[] => (source === 'local' ? [scoreWords(score)] : [])
  if (candidates.length === 0) {
    const threshold = [formatScore(minScore), ...meaning(minScore).map((words) => `(${words})`)].join(' ')
    return [paint('yellow', `Nobody found: no one is as alike as ${threshold}.`), searched]
  }
  const table = formatTable(
    [
      { title: '' },
      { title: 'Person' },
      { title: 'Score' },
      ...(source === 'local' ? [{ title: 'As alike by chance' }] : []),
      { title: 'Id' },
    ],
    candidates.map((candidate, i) => [
      String(i + 1),
      printableName(candidate),
      formatScore(candidate.score),
      ...meaning(candidate.score),
      printable(candidate.id),
    ]),
  )
  const count = candidates.length === 1 ? '1 person' : `${candidates.length} people`
  return [paint('green', `Found ${count}.`), '', ...table, '', searched]
}
