import { element } from './element.ts'

const megabytes = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

/** Says how safely the browser keeps the people, and asks it to keep them for good. */
export class KeptData {
  readonly #state: HTMLElement = element('storage-state', HTMLElement)
  readonly #button: HTMLButtonElement = element('storage-persist', HTMLButtonElement)
  readonly #kept: boolean

  /** @param kept whether people are kept at all */
  constructor(kept: boolean) {
    this.#kept = kept
  }

  connect(): void {
    this.#button.addEventListener('click', () => void this.persist())
    void this.#refresh()
  }

  /** Some browsers put the question to the user, so it is asked when there is something to keep. */
  async persist(): Promise<void> {
    if (this.#kept && !(await isPersistent())) await navigator.storage?.persist?.().catch(() => false)
    await this.#refresh()
  }

  async #refresh(): Promise<void> {
    if (!this.#kept) {
      this.#state.textContent = 'Nothing: people are forgotten when this page is closed.'
      return
    }
    const persistent = await isPersistent()
    const { usage } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {}
    const size = usage === undefined ? '' : ` Models and people take ${megabytes.format(usage / 1e6)} MB.`
    this.#state.textContent = persistent
      ? `People stay until they are deleted here.${size}`
      : `The browser may clear them when the disk is full.${size}`
    this.#button.hidden = persistent
  }
}

async function isPersistent(): Promise<boolean> {
  return (await navigator.storage?.persisted?.().catch(() => false)) ?? false
}
