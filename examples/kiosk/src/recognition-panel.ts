import { element } from './element.ts'
import type { Kiosk } from './kiosk.ts'
import { loadSettings, type KioskIndex } from './settings.ts'

const meanings: Readonly<Record<KioskIndex, string>> = {
  auto: 'What was measured to answer soonest.',
  packed: 'Fast compares a face with everybody; where they are very many, with sketches of them first.',
  usearch:
    'Fast follows a graph from face to face, which is kept on this device. It pays, if at all, with very many people.',
}

/** What the matcher is opened with: a change of it starts the page anew, and the camera with it. */
export class RecognitionPanel {
  readonly #kiosk: Kiosk
  readonly #kept: boolean
  readonly #index: HTMLSelectElement = element('index-choice', HTMLSelectElement)

  /** @param kept whether people are kept; where they are not, they would be forgotten with the page. */
  constructor(kiosk: Kiosk, kept: boolean) {
    this.#kiosk = kiosk
    this.#kept = kept
  }

  connect(): void {
    element('index-setting', HTMLElement).hidden = !this.#kept
    if (!this.#kept) return
    this.#index.addEventListener('change', () => {
      this.#kiosk.set({ index: this.#index.value as KioskIndex })
      location.reload()
    })
    this.#kiosk.on('turn', () => this.#refresh())
    this.#refresh()
    // All tabs search alike.
    addEventListener('storage', () => this.#follow())
    this.#follow()
  }

  #refresh(): void {
    const { mayWrite, settings } = this.#kiosk
    this.#index.value = settings.index
    this.#index.disabled = !mayWrite
    element('index-meaning', HTMLElement).textContent =
      `${meanings[settings.index]} Accurate always compares with everybody. The page starts anew when this is changed.`
  }

  #follow(): void {
    if (loadSettings().index !== this.#kiosk.settings.index) location.reload()
  }
}
