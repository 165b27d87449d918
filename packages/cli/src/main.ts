#!/usr/bin/env node
import { hideSqliteWarning } from './experimental-warning.ts'

hideSqliteWarning()
// Imported afterwards: Node warns as soon as something imports its SQLite.
const { runCommand } = await import('./run-command.ts')
process.exitCode = await runCommand(process.argv.slice(2))
