import type { SearchMode } from '@visavis/core'
import { fillChoice } from './collection-checks.ts'
import { element } from './element.ts'
import type { Kiosk } from './kiosk.ts'
import { describeThreshold } from './odds.ts'

/** The settings of recognition: threshold, mode, and the collection that is searched. */
export class SettingsPanel {
  readonly #kiosk: Kiosk
  readonly #threshold: HTMLInputElement = element('threshold', HTMLInputElement)
  readonly #collection: HTMLSelectElement = element('search-collection', HTMLSelectElement)
  #people = 0

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk
  }

  connect(): void {
    const kiosk = this.#kiosk
    this.#threshold.value = String(kiosk.settings.minScore)
    this.#threshold.addEventListener('input', () => this.#explain())
    // On `change`, when the slider is released: every change searches a picture again.
    this.#threshold.addEventListener('change', () => kiosk.set({ minScore: Number(this.#threshold.value) }))
    for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=mode]')) {
      radio.checked = radio.value === kiosk.settings.mode
      radio.addEventListener('change', () => kiosk.set({ mode: radio.value as SearchMode }))
    }
    this.#collection.addEventListener('change', () => kiosk.set({ collectionId: this.#collection.value || null }))
    kiosk.on('people', () => void this.#refresh())
    void this.#refresh()
  }

  async #refresh(): Promise<void> {
    const { matcher, settings } = this.#kiosk
    const collections = await matcher.collections.list()
    this.#people = (await matcher.persons.list({ limit: 1 })).total
    fillChoice(this.#collection, collections, 'Everybody', settings.collectionId)
    this.#explain()
  }

  #explain(): void {
    const minScore = Number(this.#threshold.value)
    const meaning = describeThreshold(minScore, this.#people)
    element('threshold-meaning', HTMLElement).textContent = meaning
    element('threshold-value', HTMLOutputElement).value = minScore.toFixed(2)
    this.#threshold.setAttribute('aria-valuetext', `${minScore.toFixed(2)}. ${meaning}`)
  }
}
