import { falseMatchRate, isVisavisError, type IndexName, type SearchMode, type VerifyResult } from '@visavis/core'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { openMatcher } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { paint } from '../output.ts'
import { printableName, viewPerson } from '../person-view.ts'
import { readPictures } from '../picture-file.ts'
import { formatScore, scoreWords } from '../score-words.ts'

interface VerifyCommandOptions {
  store: string
  index: IndexName
  model: string
  minScore: number
  mode: SearchMode
}

export function addVerify(program: Command, context: Context): void {
  program
    .command('verify')
    .summary('find out whether a picture shows a certain person')
    .description('Find out whether a picture shows one certain enrolled person.')
    .argument('<person-id>', 'the id of the person, as enroll and search print it')
    .argument('<picture...>', 'one to three pictures of one person: crops of the face, or photographs')
    .addOption(options.store())
    .addOption(options.index())
    .addOption(options.minScore())
    .addOption(options.mode())
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Example:
  visavis verify 68f0c1d2a4b35e6f7a8b9c0d crop.jpg --store team.db`,
    )
    .action((id: string, pictures: string[], given: VerifyCommandOptions) => verify(id, pictures, given, context))
}

async function verify(
  id: string,
  files: string[],
  { store, index, model, minScore, mode }: VerifyCommandOptions,
  { output, signal, exit }: Context,
): Promise<void> {
  const pictures = await readPictures(files)
  await using matcher = await openMatcher({ store, index, model, signal })
  const result = await matcher.verify(id, pictures, { minScore, mode, signal }).catch((error: unknown) => {
    if (!isVisavisError(error, 'person_not_found')) throw error
    throw new CommandError(error.code, `Nobody with the id ${id} is enrolled in ${store}.`, { cause: error })
  })
  const { match, score } = result
  if (match === null) exit(exitCodes.nobody)
  const person = match === null ? null : viewPerson(match)
  output.answer({ match: match !== null, score, falseMatchRate: falseMatchRate(score), minScore, mode, person }, () =>
    describe(result, minScore),
  )
}

function describe({ match, score }: VerifyResult, minScore: number): string[] {
  const threshold = `${formatScore(minScore)} (${scoreWords(minScore)})`
  const reached = `score ${formatScore(score)} (${scoreWords(score)})`
  if (match === null) return [`${paint('yellow', 'Not the same person')}: ${reached}, below ${threshold}.`]
  return [`${paint('green', `This is ${printableName(match)}`)}: ${reached}, at least ${threshold}.`]
}
