/**
 * Plain data with every typed array on a buffer of its own, collected in `buffers` to be moved: a view into a larger
 * buffer, such as WebAssembly's memory or a file's, would take all of it along, and take it away from its owner.
 */
export function onOwnBuffers<T>(value: T, buffers: Transferable[]): T {
  return copied(value, buffers) as T
}

function copied(value: unknown, buffers: Transferable[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array || value instanceof Float32Array) {
    const own = new (value instanceof Uint8Array ? Uint8Array : Float32Array)(value)
    buffers.push(own.buffer)
    return own
  }
  if (Array.isArray(value)) return value.map((item) => copied(item, buffers))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item, buffers)]))
}
