import { Command } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { addCheck } from './commands/check.ts'
import { addDemo } from './commands/demo.ts'
import { addDetect } from './commands/detect.ts'
import { addEnroll } from './commands/enroll.ts'
import { addErase } from './commands/erase.ts'
import { addExport } from './commands/export.ts'
import { addImport } from './commands/import.ts'
import { addModels } from './commands/models.ts'
import { addReembed } from './commands/reembed.ts'
import { addSearch } from './commands/search.ts'
import { addServe } from './commands/serve.ts'
import { addSync } from './commands/sync.ts'
import { addVerify } from './commands/verify.ts'
import type { Context } from './context.ts'
import { options } from './option-values.ts'

/** The command line with all its commands. It throws CommanderError instead of ending the process. */
export function createProgram(context: Context): Command {
  const program = new Command('visavis')
    .description('Face recognition on this machine: enroll people from photographs, find them again, offline.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(options.json())
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .exitOverride()
    // Errors are printed where they are caught, as text or as JSON.
    .configureOutput({ writeErr() {} })
    .addHelpText(
      'after',
      `
Exit codes:
  0  found, or done
  1  nobody found, not the same person, or no face
  2  what was given cannot be used: arguments, options, missing files, pictures that are none
  3  failure

Set VISAVIS_DEBUG=1 to see where an error comes from.`,
    )
  const people = [addEnroll, addSearch, addVerify, addDetect]
  const stores = [addSync, addExport, addImport, addErase, addReembed, addCheck]
  for (const add of [addDemo, ...people, ...stores, addModels, addServe]) add(program, context)
  return program
}
