import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { checkStore } from '../open-matcher.ts'
import { openStore } from '../open-parts.ts'
import { options } from '../option-values.ts'
import { paint } from '../output.ts'
import { printable } from '../printable.ts'

interface CheckCommandOptions {
  store: string
  repair: boolean
}

export function addCheck(program: Command, context: Context): void {
  program
    .command('check')
    .summary('find out whether a store is whole')
    .description('Read all of a store, and hold everybody in it against their checksums.')
    .addOption(options.store())
    .option('--repair', 'take out who is damaged, so that the store opens again', false)
    .addOption(options.json())
    .addHelpText(
      'after',
      `
A store with a damaged person is not opened: who is looked for and not found would seem not to be enrolled. --repair
deletes the damaged people and prints their ids; a sync brings them back, others are enrolled anew. A copy from before the
damage is better where there is one. Of an encrypted store
the templates are checked where VISAVIS_STORE_PASSPHRASE is set. Templates that an earlier version stored unchecked are
damage, too: visavis reembed makes new ones of the thumbnails, so that nobody has to be taken out.

It ends with 0 where the store is whole, or was repaired, and with 3 where it is damaged.

Examples:
  visavis check --store gate.db
  visavis check --store gate.db --repair`,
    )
    .action((given: CheckCommandOptions) => check(given, context))
}

async function check({ store: file, repair }: CheckCommandOptions, { output }: Context): Promise<void> {
  await checkStore(file)
  const store = await openStore(file)
  try {
    const deleted = repair ? await store.deleteDamaged() : []
    await store.checkIntegrity()
    output.answer({ whole: true, deleted }, () => [
      ...(deleted.length === 0 ? [] : [`Taken out, since they were damaged: ${deleted.map(printable).join(', ')}`]),
      `${paint('green', 'Whole')}: ${printable(file)}`,
    ])
  } finally {
    await store.close()
  }
}
