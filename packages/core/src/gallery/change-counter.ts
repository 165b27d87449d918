/** Counts the changes that a reader of memory and store could see, so that it can tell whether one has overtaken it. */
export class ChangeCounter {
  #steps = 0
  #underWay = 0

  /** Another number when a change begins, and once more when it is through. */
  get revision(): number {
    return this.#steps
  }

  /** Whether no change is under way. */
  get isQuiet(): boolean {
    return this.#underWay === 0
  }

  /** Does the part of a change in which store and memory differ. */
  async count<T>(work: () => Promise<T>): Promise<T> {
    this.#steps++
    this.#underWay++
    try {
      return await work()
    } finally {
      this.#steps++
      this.#underWay--
    }
  }
}
