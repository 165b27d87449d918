import { styleText } from 'node:util'
import type { ErrorDescription } from './command-error.ts'
import { printable, printableJson } from './printable.ts'

export type Color = 'green' | 'red' | 'yellow' | 'bold' | 'dim'

/** Where a command's answer goes: lines for people, or with `--json` one document for programs. */
export class Output {
  readonly json: boolean

  constructor(json: boolean) {
    this.json = json
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        // The reader has seen enough, as in `visavis ... | head -1`.
        if (error.code !== 'EPIPE') throw error
      })
    }
  }

  /** The command's whole answer: `document` with `--json`, otherwise the lines, which may hold what `paint` made. */
  answer(document: object, lines: () => readonly string[]): void {
    process.stdout.write(
      this.json
        ? `${printableJson(document)}\n`
        : lines()
            .map((line) => `${line}\n`)
            .join(''),
    )
  }

  error(error: ErrorDescription, stack?: string): void {
    if (this.json) process.stdout.write(`${printableJson({ error })}\n`)
    else process.stderr.write(`${paint('red', 'error:', process.stderr)} ${printable(error.message)}\n`)
    if (stack !== undefined) process.stderr.write(`${stack}\n`)
  }

  /** For people who watch; never part of the answer. */
  note(text: string): void {
    process.stderr.write(`${printable(text)}\n`)
  }
}

/** Colors text where the stream is a terminal that shows colors, and NO_COLOR is not set. */
export function paint(color: Color, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(color, text, { stream, validateStream: true })
}
