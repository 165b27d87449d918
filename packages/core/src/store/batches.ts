/** Items in lists of so many, the last one of fewer. */
export async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncIterable<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** The results for items, in their order: while those of one batch are yielded, the next is worked on. */
export async function* mapBatches<From, To>(
  items: AsyncIterable<From>,
  size: number,
  work: (batch: readonly From[]) => Promise<readonly To[]>,
): AsyncIterable<To> {
  let before: Promise<readonly To[]> | undefined
  for await (const batch of batches(items, size)) {
    const working = work(batch)
    // Awaited in its turn, or never where the reader stops before: neither may be an unhandled rejection.
    working.catch(() => undefined)
    if (before !== undefined) for (const result of await before) yield result
    before = working
  }
  if (before !== undefined) for (const result of await before) yield result
}

/** The results for the items of a list, so many at once. */
export async function mapInBatches<From, To>(
  items: readonly From[],
  size: number,
  work: (item: From) => Promise<To>,
): Promise<To[]> {
  const results: To[] = []
  for (let first = 0; first < items.length; first += size) {
    results.push(...(await Promise.all(items.slice(first, first + size).map(work))))
  }
  return results
}
