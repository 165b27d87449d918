/** With `VISAVIS_SEQUENCES=10` ten times as many sequences are run as otherwise. */
export const times: number = Number(process.env['VISAVIS_SEQUENCES'] ?? 1)

/** Named in the tests; with `VISAVIS_SEQUENCES_SEED` the same sequences are run again. */
export const seed: number = Number(process.env['VISAVIS_SEQUENCES_SEED'] ?? Date.now() % 2 ** 31)
export const named: string = `seed ${seed}`

/** Milliseconds; long, since a busy machine is slow. */
export const timeout: number = 1_800_000 * Math.max(1, times)
