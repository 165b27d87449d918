// Pages have none.
const env: Readonly<Record<string, string | undefined>> = globalThis.process?.env ?? {}

/** With `VISAVIS_SEQUENCES=10` ten times as many sequences are run as otherwise. */
export const times: number = Number(env['VISAVIS_SEQUENCES'] ?? 1)

/** The same sequences every time, so that a change is judged by nothing but itself; others with `VISAVIS_SEQUENCES_SEED`. */
export const seed: number = Number(env['VISAVIS_SEQUENCES_SEED'] ?? 20_261_128)
export const named: string = `seed ${seed}`

/** Milliseconds; long, since a busy machine is slow. */
export const timeout: number = 1_800_000 * Math.max(1, times)
