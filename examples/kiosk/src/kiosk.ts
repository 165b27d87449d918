import type { FaceMatcher } from '@visavis/core'
import { saveSettings, type Settings } from './settings.ts'

type Change = 'people' | 'settings'

/** What the parts of the page share: the matcher, what is set, and word of what changed. */
export class Kiosk {
  matcher: FaceMatcher
  readonly #changes: EventTarget = new EventTarget()
  #settings: Settings

  constructor(matcher: FaceMatcher, settings: Settings) {
    this.matcher = matcher
    this.#settings = settings
  }

  get settings(): Readonly<Settings> {
    return this.#settings
  }

  set(changes: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changes }
    saveSettings(this.#settings)
    this.#changes.dispatchEvent(new Event('settings'))
  }

  /** Says that people or collections were added, changed or deleted. */
  peopleChanged(): void {
    this.#changes.dispatchEvent(new Event('people'))
  }

  on(change: Change, listener: () => void): void {
    this.#changes.addEventListener(change, listener)
  }
}
