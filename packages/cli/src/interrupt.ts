export interface Interrupt extends Disposable {
  readonly signal: AbortSignal
}

/** A signal that aborts at the first Ctrl-C (or SIGTERM), so that work can end cleanly; the second one kills. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController()
  const events = ['SIGINT', 'SIGTERM'] as const
  const forget = (): void => {
    for (const event of events) process.off(event, interrupt)
  }
  const interrupt = (): void => {
    forget()
    controller.abort()
  }
  for (const event of events) process.on(event, interrupt)
  return { signal: controller.signal, [Symbol.dispose]: forget }
}
