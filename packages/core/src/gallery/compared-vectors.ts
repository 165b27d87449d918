/**
 * The vectors that probes are compared with of the templates of a person's views. The store keeps the views; what is made
 * of them here is in memory only, for enrolled people and for the reference of a comparison alike.
 */
export function comparedVectors(templates: readonly Float32Array[]): readonly Float32Array[] {
  return templates
}

/** Cosine of a probe with the most alike of the vectors, -1 to 1. */
export function similarityOf(probe: Float32Array, vectors: readonly Float32Array[]): number {
  return Math.max(...vectors.map((vector) => dot(probe, vector)))
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}
