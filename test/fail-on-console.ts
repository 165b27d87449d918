import { afterAll, afterEach } from 'vitest'

/** A library is silent: whatever a test, or the code under it, writes to the console fails that test. */
const calls: Error[] = []

for (const method of ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const) {
  console[method] = (...args: unknown[]) => {
    calls.push(new Error(`console.${method} was called: ${args.map(String).join(' ')}`))
  }
}

function failOnCalls(): void {
  const [first] = calls.splice(0)
  if (first !== undefined) throw first
}

afterEach(failOnCalls)
// For calls while the file was loading or in the hooks of a suite.
afterAll(failOnCalls)
