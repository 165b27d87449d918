import type { IndexName } from '@visavis/core'
import type { Command } from 'commander'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { openMatcher } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { readPassphrase } from '../passphrase-file.ts'
import { printable } from '../printable.ts'

interface ImportCommandOptions {
  store: string
  index: IndexName
  model: string
  passphraseFile?: string
}

export function addImport(program: Command, context: Context): void {
  program
    .command('import')
    .summary('take in a file that export wrote')
    .description('Take in all people of a file that visavis export wrote, or none of them.')
    .argument('<file>', 'the file')
    .addOption(options.store())
    .addOption(options.index())
    .addOption(options.passphraseFile())
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
People replace those with their ids; all others stay. Where the file is of another model, templates are made anew from the
thumbnails.

Example:
  visavis import staff.visavis --store gate.db --passphrase-file secret.txt`,
    )
    .action((file: string, given: ImportCommandOptions) => importPeople(file, given, context))
}

async function importPeople(
  file: string,
  { store, index, model, passphraseFile }: ImportCommandOptions,
  { output, signal }: Context,
): Promise<void> {
  if ((await stat(file).catch(() => undefined))?.isFile() !== true) {
    throw new CommandError('file_not_found', `There is no file ${file}; check the path.`)
  }
  const passphrase = await readPassphrase(passphraseFile)
  await using matcher = await openMatcher({ store, index, model, mustExist: false, signal })
  const { importCollection } = await import('@visavis/core')
  const report = await importCollection(matcher, createReadStream(file, { highWaterMark: 2 ** 20 }), {
    signal,
    ...(passphrase !== undefined && { passphrase }),
  })
  const { people, replaced, reembedded, failed, collections } = report
  output.answer(report, () => [
    `Imported ${people} ${people === 1 ? 'person' : 'people'} (${replaced} were there before) into ${printable(store)}.`,
    ...(collections.length > 0 ? [`Collections: ${collections.map(({ name }) => printable(name)).join(', ')}.`] : []),
    ...(reembedded > 0 ? [`Of ${reembedded} the templates were of another model, and were made anew.`] : []),
    ...failed.map(({ personId, code }) => `No template could be made of ${printable(personId)}: ${code}.`),
  ])
}
