/** How far something long has come, on standard error: one line that is rewritten on a terminal, a few lines elsewhere. */
export class Progress {
  readonly #label: string
  readonly #total: number
  readonly #started: number = performance.now()
  #done = 0
  #shown = 0

  constructor(label: string, total: number) {
    this.#label = label
    this.#total = total
  }

  step(): void {
    this.#done++
    const { isTTY } = process.stderr
    const share = this.#done / this.#total
    const step = Math.floor(share * (isTTY ? 200 : 10))
    if (step === this.#shown) return
    this.#shown = step
    const seconds = (performance.now() - this.#started) / 1000
    const left =
      this.#done === this.#total ? `${Math.round(seconds)} s` : `${Math.round(seconds / share - seconds)} s left`
    const line = `${this.#label}: ${this.#done} of ${this.#total}, ${left}`
    if (isTTY) process.stderr.write(`\r\u001B[K${line}${this.#done === this.#total ? '\n' : ''}`)
    else process.stderr.write(`${line}\n`)
  }
}
