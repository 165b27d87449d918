import { Presets, SingleBar } from 'cli-progress'
import { printable } from './printable.ts'

export interface ProgressBar {
  /** One more is done; `text` says what is next. */
  advance(text?: string): void
  /** So many are done, of so many. */
  set(done: number, total: number, text?: string): void
  stop(): void
}

/**
 * A bar on the standard error stream, gone when stopped; nothing at all where that is no terminal, or NO_COLOR asks
 * for plain text.
 */
export function startProgressBar(title: string, total: number, unit: string): ProgressBar {
  const plain = !process.stderr.isTTY || Boolean(process.env.NO_COLOR) || process.env.TERM === 'dumb'
  if (plain || total === 0) return { advance() {}, set() {}, stop() {} }
  const bar = new SingleBar(
    {
      format: `${title} {bar} {value}/{total} ${unit}, {eta_formatted} left  {text}`,
      stream: process.stderr,
      barsize: 30,
      clearOnComplete: true,
      hideCursor: true,
      // Interrupts are listened for by the command, which stops the bar.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0, { text: '' })
  return {
    advance: (text = '') => bar.increment(1, { text: printable(text) }),
    set(done, count, text = '') {
      bar.setTotal(count)
      bar.update(done, { text: printable(text) })
    },
    stop: () => bar.stop(),
  }
}
