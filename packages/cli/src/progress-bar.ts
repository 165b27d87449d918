import { Presets, SingleBar } from 'cli-progress'
import { printable } from './printable.ts'

export interface ProgressBar {
  /** One more is done; `text` says what is next. */
  advance(text?: string): void
  stop(): void
}

/** Of work that tells itself how far it is. */
export interface MeasuredBar {
  /** So many are done, of so many; `text` says how fast, and how long it takes. */
  set(done: number, total: number, text: string): void
  stop(): void
}

/**
 * A bar on the standard error stream, gone when stopped; nothing at all where that is no terminal, or NO_COLOR asks
 * for plain text.
 */
export function startProgressBar(title: string, total: number, unit: string): ProgressBar {
  const bar = total === 0 ? undefined : startBar(`${title} {bar} {value}/{total} ${unit}, {eta_formatted} left  {text}`)
  bar?.start(total, 0, { text: '' })
  return {
    advance: (text = '') => bar?.increment(1, { text: printable(text) }),
    stop: () => bar?.stop(),
  }
}

/** As {@link startProgressBar}. */
export function startMeasuredBar(title: string, unit: string): MeasuredBar {
  const bar = startBar(`${title} {bar} {value}/{total} ${unit}  {text}`)
  bar?.start(1, 0, { text: '' })
  return {
    set(done, total, text) {
      bar?.setTotal(total)
      bar?.update(done, { text: printable(text) })
    },
    stop: () => bar?.stop(),
  }
}

function startBar(format: string): SingleBar | undefined {
  const plain = !process.stderr.isTTY || Boolean(process.env.NO_COLOR) || process.env.TERM === 'dumb'
  if (plain) return undefined
  return new SingleBar(
    {
      format,
      stream: process.stderr,
      barsize: 30,
      clearOnComplete: true,
      hideCursor: true,
      // Interrupts are listened for by the command, which stops the bar.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
}
