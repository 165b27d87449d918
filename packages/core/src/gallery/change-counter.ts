/** Counts the changes of memory and store, so that a reader can tell whether one has overtaken it. */
export class ChangeCounter {
  #steps = 0
  #underWay = 0

  /** Changes when a change begins, and again when it ends. */
  get revision(): number {
    return this.#steps
  }

  /** Whether no change is under way. */
  get isQuiet(): boolean {
    return this.#underWay === 0
  }

  /** Runs the part of a change during which store and memory differ. */
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
