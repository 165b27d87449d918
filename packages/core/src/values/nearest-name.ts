/** The known name that was probably meant: another spelling of it, its beginning, or one that a slip or two away. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  // What is much longer is no slip, and would take time.
  if (given.length > 40) return undefined
  const wanted = plain(given)
  const ranked = known.map((name) => ({ name, distance: distance(wanted, plain(name)) }))
  const [best] = ranked.sort((a, b) => a.distance - b.distance)
  if (best !== undefined && best.distance <= Math.min(2, Math.floor(wanted.length / 3))) return best.name
  return known.find((name) => wanted.length > 3 && (plain(name).startsWith(wanted) || wanted.startsWith(plain(name))))
}

/** A name without case, marks and plural. */
function plain(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return letters.endsWith('s') ? letters.slice(0, -1) : letters
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] as number) + (a[i] === b[j] ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] as number) + 1, (next[j] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
