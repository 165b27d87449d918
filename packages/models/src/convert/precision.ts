/** How weights are stored in a file; they are computed with as float32. */
export type Precision = 'float32' | 'float16' | 'uint8'

/** Weights in 256 steps of an output channel's own range. Rows of `outputs` values. */
export function toUint8(
  values: Float32Array,
  outputs: number,
): { steps: Uint8Array; scale: Float32Array; least: Float32Array } {
  const least = new Float32Array(outputs).fill(Number.POSITIVE_INFINITY)
  const most = new Float32Array(outputs).fill(Number.NEGATIVE_INFINITY)
  for (const [i, value] of values.entries()) {
    const output = i % outputs
    if (value < (least[output] as number)) least[output] = value
    if (value > (most[output] as number)) most[output] = value
  }
  const scale = most.map((value, output) => (value - (least[output] as number)) / 255)
  const steps = Uint8Array.from(values, (value, i) => {
    const step = scale[i % outputs] as number
    return step === 0 ? 0 : Math.round((value - (least[i % outputs] as number)) / step)
  })
  return { steps, scale, least }
}
