import type { IndexName } from '@visavis/core'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { openMatcher } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'

interface ReembedCommandOptions {
  store: string
  index: IndexName
  model: string
  previousModel?: string
}

export function addReembed(program: Command, context: Context): void {
  program
    .command('reembed')
    .summary('bring people over to the model of this version')
    .description('Make templates of the model of this version from the thumbnails of everybody who has others.')
    .addOption(options.store())
    .addOption(options.index())
    .addOption(options.model())
    .addOption(options.previousModel())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Templates of different models are never compared: until it is done, searches are refused with model_mismatch. Ctrl-C stops
it between two people; the next run goes on from there. With --previous-model everybody changes over at once, at the end: until
then searches with that model find everybody, and so they do where it is stopped. A server does it while it answers: see
visavis serve --previous-model.

Examples:
  visavis reembed --store team.db
  visavis reembed --store team.db --model dlib+faceres --previous-model dlib`,
    )
    .action((given: ReembedCommandOptions) => reembed(given, context))
}

async function reembed(given: ReembedCommandOptions, { output, signal }: Context): Promise<void> {
  const { store, index, model, previousModel } = given
  await using matcher = await openMatcher({ store, index, model, previousModel, signal })
  const bar = startProgressBar('Embedding', await matcher.outdatedPeople(), 'people')
  let done = 0
  const onProgress = ({ people }: { people: number }): void => {
    for (; done < people; done++) bar.advance()
  }
  const report = await matcher.reembed({ signal, onProgress }).finally(() => bar.stop())
  const { people, failed } = report
  output.answer({ ...report, model: matcher.records.model.id }, () => [
    `${people} ${people === 1 ? 'person has' : 'people have'} new templates.`,
    ...failed.map(({ personId, code }) => `No template could be made of ${printable(personId)}: ${code}.`),
  ])
}
