import { CommanderError } from 'commander'
import { debugStack, describeError, exitCodeOf } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { listenForInterrupt } from './interrupt.ts'
import { Output } from './output.ts'
import { createProgram } from './program.ts'

/**
 * Runs the command with its arguments (`['search', 'crop.jpg', ...]`) and prints what comes of it.
 *
 * @returns the exit code
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  // Known before the arguments are parsed, because what is wrong with them is printed the same way.
  const output = new Output(args.includes('--json'))
  const interrupt = listenForInterrupt()
  let exitCode: number = exitCodes.done
  const program = createProgram({
    output,
    signal: interrupt.signal,
    exit: (code) => {
      exitCode = code
    },
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
    output.error(describeError(error), debugStack(error))
    return exitCodeOf(error)
  } finally {
    interrupt[Symbol.dispose]()
  }
}
