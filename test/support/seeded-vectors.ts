/** Vectors of values between -1 and 1, the same for the same seed (mulberry32). */
export function seededVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1
  }
  return Array.from({ length: count }, () => Float32Array.from({ length: dimensions }, next))
}
