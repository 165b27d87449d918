/** Keys of an index, kept as one bit a key up to the largest, so that a scan can ask about each at next to no cost. */
export class KeySet {
  #words: Uint32Array = new Uint32Array(8)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Bit `key % 32` of word `key / 32` says whether a key is in it. To be read only, and before the next change. */
  get words(): Uint32Array {
    return this.#words
  }

  has(key: number): boolean {
    return (((this.#words[key >>> 5] ?? 0) >>> (key & 31)) & 1) === 1
  }

  add(key: number): void {
    if (this.has(key)) return
    if (key >>> 5 >= this.#words.length) {
      const larger = new Uint32Array(Math.max((key >>> 5) + 1, this.#words.length * 2))
      larger.set(this.#words)
      this.#words = larger
    }
    this.#words[key >>> 5] = (this.#words[key >>> 5] as number) | (1 << (key & 31))
    this.#size++
  }

  delete(key: number): void {
    if (!this.has(key)) return
    this.#words[key >>> 5] = (this.#words[key >>> 5] as number) & ~(1 << (key & 31))
    this.#size--
  }

  /** Ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.#words.length; i++) {
      for (let word = this.#words[i] as number; word !== 0; word &= word - 1) {
        yield i * 32 + (31 - Math.clz32(word & -word))
      }
    }
  }
}
