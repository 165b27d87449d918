import { syncNoteKey, type LocalMatcher } from '@visavis/core'
import { loadSettings, saveSettings, type Settings } from './settings.ts'
import type { TabTurn } from './tab-turn.ts'

type Change = 'people' | 'settings' | 'turn'

/** What the parts of the page share: the matcher, what is set, and word of what changed. */
export class Kiosk {
  readonly matcher: LocalMatcher
  readonly #turn: TabTurn
  readonly #changes: EventTarget = new EventTarget()
  readonly #otherTabs: BroadcastChannel = new BroadcastChannel('visavis kiosk people')
  #settings: Settings

  /** @param settings What the matcher was opened with, and all other settings. */
  constructor(matcher: LocalMatcher, turn: TabTurn, settings: Settings) {
    this.matcher = matcher
    this.#settings = settings
    this.#turn = turn
    this.#otherTabs.addEventListener('message', () => this.#tell('people'))
    turn.onTurn(() => {
      // What the tab before has copied is copied on.
      this.#settings = { ...this.#settings, copied: loadSettings().copied }
      this.#tell('turn')
    })
  }

  /** Whether people are changed in this tab; another one that is open, too, only recognizes them. */
  get mayWrite(): boolean {
    return this.#turn.isOurs
  }

  get settings(): Readonly<Settings> {
    return this.#settings
  }

  set(changes: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changes }
    // What another tab has set meanwhile stays.
    saveSettings({ ...loadSettings(), ...changes })
    this.#tell('settings')
  }

  /** Says that people or collections were added, changed or deleted. */
  peopleChanged(): void {
    this.#tell('people')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's takes one
    this.#otherTabs.postMessage('changed')
  }

  /** Whether a person is here because a collection of the cloud is copied, and will be as they are there again. */
  async isCopied(personId: string): Promise<boolean> {
    const isAnything = this.#settings.copied.length > 0
    return isAnything && (await this.matcher.records.state(syncNoteKey(personId))) !== undefined
  }

  on(change: Change, listener: () => void): void {
    this.#changes.addEventListener(change, listener)
  }

  #tell(change: Change): void {
    this.#changes.dispatchEvent(new Event(change))
  }
}
