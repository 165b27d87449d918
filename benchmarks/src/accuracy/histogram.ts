const bins = 1_000_000

/** Similarities by the million, in bins so fine (for cosines 2e-6 wide) that thresholds read off it are exact for all purposes. */
export class Histogram {
  readonly #counts: Float64Array = new Float64Array(bins + 1)
  readonly #least: number
  readonly #width: number
  #total = 0

  /** @param least Values below it, negative infinity among them, count as never reaching any threshold. */
  constructor(least = -1, most = 1) {
    this.#least = least
    this.#width = (most - least) / bins
  }

  /** The weight of everything added, of what lies below the range, too. */
  get total(): number {
    return this.#total
  }

  add(value: number, weight = 1): void {
    this.#total += weight
    if (value < this.#least) return
    const bin = Math.min(bins, Math.floor((value - this.#least) / this.#width))
    this.#counts[bin] = (this.#counts[bin] as number) + weight
  }

  /** The lowest similarity that a share of at most `rate` of the values reaches. */
  threshold(rate: number): number {
    // What sums of weights may lose.
    const allowed = rate * this.#total * (1 + 1e-12)
    let above = 0
    for (let bin = bins; bin >= 0; bin--) {
      above += this.#counts[bin] as number
      if (above > allowed) return this.#least + (bin + 1) * this.#width
    }
    return this.#least
  }

  /** The share of the values that is `threshold` or more. */
  rate(threshold: number): number {
    if (this.#total === 0) return 0
    let above = 0
    const first = Math.ceil((threshold - this.#least) / this.#width - 1e-6)
    for (let bin = bins; bin >= Math.max(0, first); bin--) above += this.#counts[bin] as number
    return above / this.#total
  }
}
