import { isVisavisError, type ErrorCode } from '@visavis/core'
import { CommanderError } from 'commander'
import { exitCodes, type ExitCode } from './exit-codes.ts'

/** Codes beside those of visavis itself. */
type CommandErrorCode = 'usage' | 'file_not_found' | 'file_unreadable' | 'photographs_missing' | 'model_unsupported'

/** What is wrong with how the command was called; the message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode | ErrorCode

  constructor(code: CommandErrorCode | ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** An error as `--json` prints it. */
export interface ErrorDescription {
  /** Literal, for programs; see `errorCodes` of `@visavis/core`. */
  code: string
  message: string
  /** With `low_quality`: what is wrong with the picture; otherwise empty. */
  reasons: readonly string[]
}

export function describeError(error: unknown): ErrorDescription {
  if (isVisavisError(error)) return { code: error.code, message: error.message, reasons: error.reasons }
  if (error instanceof CommandError) return { code: error.code, message: error.message, reasons: [] }
  if (error instanceof CommanderError) return { code: 'usage', message: usageMessage(error), reasons: [] }
  if (isAbort(error)) return { code: 'interrupted', message: 'Stopped before it was done.', reasons: [] }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'unexpected', message: `Unexpected: ${message}`, reasons: [] }
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError || error instanceof CommandError) return exitCodes.misuse
  if (isAbort(error)) return exitCodes.interrupted
  if (!isVisavisError(error)) return exitCodes.failure
  // A picture without a face is an answer; the other faults of pictures and options are the caller's to mend.
  if (error.code === 'no_face') return exitCodes.nobody
  const mendable = error.name === 'InputError' || (error.name === 'GalleryError' && error.code !== 'matcher_closed')
  return mendable ? exitCodes.misuse : exitCodes.failure
}

/** Where an error comes from, for those who set VISAVIS_DEBUG. */
export function debugStack(error: unknown): string | undefined {
  if (!process.env.VISAVIS_DEBUG || !(error instanceof Error)) return undefined
  const cause = error.cause instanceof Error ? `\nCaused by: ${error.cause.stack ?? error.cause.message}` : ''
  return (error.stack ?? error.message) + cause
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function usageMessage({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'No command was given; visavis --help lists them.'
  const sentence = message.replace(/^error: /, '').replaceAll(/\s+/g, ' ')
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
