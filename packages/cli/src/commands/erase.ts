import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { openMatcher } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { paint } from '../output.ts'
import { findTraces, tracesOf, type Traces } from '../traces.ts'

interface EraseCommandOptions {
  store: string
  verify: boolean
}

export function addErase(program: Command, context: Context): void {
  program
    .command('erase')
    .summary('delete a person, and prove that nothing of them is left')
    .description('Delete a person with everything of theirs.')
    .argument('<person-id>', 'the id of the person, as enroll and search print it')
    .addOption(options.store())
    .option(
      '--verify',
      'then read all bytes of the store and look for the name, the thumbnails and the templates',
      false,
    )
    .addOption(options.json())
    .addHelpText(
      'after',
      `
It does not reach backups, exports, and what a disk keeps of bytes that were written over.

Example:
  visavis erase 68f0c1d2a4b35e6f7a8b9c0d --store team.db --verify`,
    )
    .action((id: string, given: EraseCommandOptions) => erase(id, given, context))
}

async function erase(
  id: string,
  { store, verify }: EraseCommandOptions,
  { output, signal, exit }: Context,
): Promise<void> {
  const traces = await remove(id, store, signal)
  if (!verify) {
    output.answer({ erased: true, verified: false }, () => ['Erased.'])
    return
  }
  // The store is closed: reading a file of SQLite's beside it would take its lock away.
  const { found, files, bytes } = await findTraces(traces, store)
  const verified = found === 0
  if (!verified) exit(exitCodes.failure)
  output.answer({ erased: true, verified, found, traces: traces.pieces.length, files, bytes }, () => [
    verified
      ? `${paint('green', 'Erased')}: none of ${traces.pieces.length} pieces of the name, the thumbnails and the templates is left in ${bytes} bytes of ${files.join(', ')}.`
      : `${paint('red', 'Not erased')}: ${found} of ${traces.pieces.length} pieces are still there; keep the store and report it.`,
    ...(traces.isNameShared ? ['The name was not looked for, since others have it, too.'] : []),
  ])
}

async function remove(id: string, store: string, signal: AbortSignal): Promise<Traces> {
  await using matcher = await openMatcher({ store, signal })
  const [person] = await matcher.records.persons([id])
  if (person === undefined) {
    throw new CommandError('person_not_found', `Nobody with the id ${id} is enrolled in ${store}.`)
  }
  const named = person.name === null ? 0 : (await matcher.persons.list({ name: person.name, limit: 1 })).total
  await matcher.persons.delete(id)
  return tracesOf(person, named > 1)
}
