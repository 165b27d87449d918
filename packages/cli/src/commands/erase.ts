import type { IndexName, PersonRecord, Store } from '@visavis/core'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { checkStore, matcherOver } from '../open-matcher.ts'
import { openStore } from '../open-parts.ts'
import { options } from '../option-values.ts'
import { paint } from '../output.ts'
import { findTraces, joinTraces, tracesOf, type Traces } from '../traces.ts'

interface EraseCommandOptions {
  store: string
  index: IndexName
  model: string
  verify: boolean
}

export function addErase(program: Command, context: Context): void {
  program
    .command('erase')
    .summary('delete a person, and prove that nothing of them is left')
    .description('Delete a person with everything of theirs.')
    .argument('<person-id>', 'the id of the person, as enroll and search print it')
    .addOption(options.store())
    .addOption(options.index())
    .option(
      '--verify',
      'then read all bytes of the store and look for the name, the thumbnails and the templates',
      false,
    )
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
It reaches the person also where an interrupted sync has put them by, but not backups, exports, and what a disk keeps of
bytes that were written over. Whom a sync brought, and the service still has, comes back with the next sync: delete them
at the service first.

Example:
  visavis erase 68f0c1d2a4b35e6f7a8b9c0d --store team.db --verify`,
    )
    .action((id: string, given: EraseCommandOptions) => erase(id, given, context))
}

async function erase(
  id: string,
  { store, index, model, verify }: EraseCommandOptions,
  { output, signal, exit }: Context,
): Promise<void> {
  const traces = await remove(id, { store, index, model }, signal)
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

async function remove(
  id: string,
  { store: file, index, model }: Pick<EraseCommandOptions, 'store' | 'index' | 'model'>,
  signal: AbortSignal,
): Promise<Traces> {
  await checkStore(file)
  const store = await openStore(file)
  await using matcher = await matcherOver(store, { index, model, signal })
  const enrolled = await matcher.records.persons([id])
  const { putBy, names } = await findPutBy(store, id)
  if (enrolled.length + putBy.length === 0) {
    throw new CommandError('person_not_found', `Nobody with the id ${id} is enrolled in ${file}, or put by for a sync.`)
  }
  const traces: Traces[] = []
  for (const person of [...enrolled, ...putBy]) {
    const { name } = person
    const named = name === null ? [] : (await matcher.persons.list({ name, limit: 2 })).persons
    const isNameShared = name !== null && (names.has(name) || named.some((one) => one.id !== id))
    traces.push(tracesOf(person, isNameShared))
  }
  // Unlike persons.delete, also deletes a person whom only an interrupted sync has staged.
  await matcher.records.apply([{ kind: 'delete_person', id }])
  return joinTraces(traces)
}

/**
 * The person as interrupted syncs have staged them, perhaps with another name and other pictures than the enrolled
 * ones; and the names of all other staged people.
 */
async function findPutBy(store: Store, id: string): Promise<{ putBy: PersonRecord[]; names: Set<string> }> {
  const putBy: PersonRecord[] = []
  const names = new Set<string>()
  for (const area of await store.areas()) {
    for await (const person of store.staged(area)) {
      if (person.id === id) putBy.push(person)
      else if (person.name !== null) names.add(person.name)
    }
  }
  return { putBy, names }
}
