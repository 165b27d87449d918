import type { IndexName } from '@visavis/core'
import type { Command } from 'commander'
import { open, rename, rm, stat } from 'node:fs/promises'
import { requireCollection } from '../collection-choice.ts'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { openMatcher } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { readPassphrase } from '../passphrase-file.ts'
import { printable } from '../printable.ts'
import { startProgressBar } from '../progress-bar.ts'

interface ExportCommandOptions {
  store: string
  index: IndexName
  model: string
  collection?: string
  passphraseFile?: string
}

export function addExport(program: Command, context: Context): void {
  program
    .command('export')
    .summary('write people into one file, for another device or as a backup')
    .description('Write people into one file, with thumbnails, templates and a checksum.')
    .argument('<file>', 'the file to write; there must be none of its name')
    .addOption(options.store())
    .addOption(options.index())
    .option('--collection <id or name>', 'only this collection and its people (default: everybody)')
    .addOption(options.passphraseFile())
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Without --passphrase-file anybody who has the file can read it.

Example:
  visavis export staff.visavis --store team.db --collection Staff --passphrase-file secret.txt`,
    )
    .action((file: string, given: ExportCommandOptions) => exportPeople(file, given, context))
}

async function exportPeople(
  file: string,
  { store, index, model, collection: collectionName, passphraseFile }: ExportCommandOptions,
  { output, signal }: Context,
): Promise<void> {
  if ((await stat(file).catch(() => undefined)) !== undefined) {
    throw new CommandError('usage', `There is a file ${file} already; choose another name, or delete it first.`)
  }
  const passphrase = await readPassphrase(passphraseFile)
  await using matcher = await openMatcher({ store, index, model, signal })
  const collection = collectionName === undefined ? undefined : await requireCollection(matcher, collectionName)
  const { exportCollection } = await import('@visavis/core')
  const bar = startProgressBar('Exporting', (await matcher.records.ids(collection?.id)).length, 'people')
  let people = 0
  let bytes = 0
  // Under its name the file is there whole or not at all.
  const part = `${file}.part`
  try {
    const handle = await create(part)
    try {
      const chunks = exportCollection(matcher, {
        signal,
        ...(collection !== undefined && { collectionId: collection.id }),
        ...(passphrase !== undefined && { passphrase }),
        onProgress: (progress) => {
          people = progress.people
          bar.advance()
        },
      })
      for await (const chunk of chunks) {
        await handle.writeFile(chunk)
        bytes += chunk.byteLength
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    bar.stop()
  }
  const encrypted = passphrase !== undefined
  output.answer({ file, people, bytes, encrypted, collection: collection?.name ?? null }, () => [
    `Exported ${people} ${people === 1 ? 'person' : 'people'} to ${printable(file)}, ${encrypted ? 'encrypted' : 'readable for anybody'}.`,
  ])
}

async function create(file: string): ReturnType<typeof open> {
  // What an export that was killed has left may be open to others.
  await rm(file, { force: true })
  return open(file, 'wx', 0o600).catch((cause: unknown) => {
    throw new CommandError('file_unreadable', `The file ${file} cannot be written; check its folder.`, { cause })
  })
}
