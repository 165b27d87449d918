import type { ExitCode } from './exit-codes.ts'
import type { Output } from './output.ts'

/** What every command is given. */
export interface Context {
  readonly output: Output
  /** Aborts when the user stops the command. */
  readonly signal: AbortSignal
  /** Sets the exit code; left out, the command is done. */
  readonly exit: (code: ExitCode) => void
}
