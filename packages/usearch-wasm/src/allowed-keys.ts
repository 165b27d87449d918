import { checkKey, invalid } from './arguments.ts'
import type { Allow } from './ann-index.ts'

/** The keys that may be found, as a list. @param all The keys there are, where they have to be asked about. */
export function allowedKeys(allow: Allow, all: () => Float64Array): ArrayLike<number> {
  if (typeof allow === 'function') return all().filter((key) => allow(key))
  if (typeof allow === 'object' && allow !== null && 'bits' in allow) return keysOf(allow.bits)
  if (typeof allow !== 'object' || allow === null || !(Symbol.iterator in allow)) {
    throw invalid('allow', 'a list of keys, a bitmap or a function')
  }
  const keys = Array.from(allow)
  for (const key of keys) checkKey(key)
  return keys
}

function keysOf(bits: Uint8Array | Uint32Array): number[] {
  if (!(bits instanceof Uint8Array || bits instanceof Uint32Array)) {
    throw invalid('allow.bits', 'a Uint8Array or a Uint32Array')
  }
  const width = bits.BYTES_PER_ELEMENT * 8
  const keys: number[] = []
  for (const [i, word] of bits.entries()) {
    for (let rest = word; rest !== 0;) {
      const bit = 31 - Math.clz32(rest & -rest)
      keys.push(i * width + bit)
      rest ^= 1 << bit
    }
  }
  return keys
}
