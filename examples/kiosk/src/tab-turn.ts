/** How long to wait for a page that is being reloaded, milliseconds. */
const patience = 1000

/** One tab at a time changes people; those opened beside it only recognize them, until it is closed. */
export class TabTurn {
  #isOurs = false
  #onTurn: (() => void)[] = []

  get isOurs(): boolean {
    return this.#isOurs
  }

  /** Calls the listener when this tab may change people. */
  onTurn(listener: () => void): void {
    this.#onTurn.push(listener)
  }

  /** Resolves when this tab may change people, or another one keeps that right for now. */
  async wait(): Promise<void> {
    await Promise.race([
      this.#take(),
      new Promise((resolve) => {
        setTimeout(resolve, patience)
      }),
    ])
  }

  #take(): Promise<void> {
    return new Promise((resolve) => {
      const begin = (): void => {
        this.#isOurs = true
        resolve()
        for (const listener of this.#onTurn) listener()
      }
      // Without locks the store says what is the matter.
      if (navigator.locks === undefined) return begin()
      const hold = (): Promise<never> => {
        begin()
        return new Promise(() => undefined)
      }
      // Where storage is denied, so are locks; the store says so.
      navigator.locks.request('visavis kiosk tab', hold).catch(begin)
    })
  }
}
