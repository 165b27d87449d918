import type { ReembedReport } from '@visavis/core'
import type { Kiosk } from './kiosk.ts'

/** How far people are brought over to another model. */
type ModelChangeState =
  | { kind: 'none' }
  | { kind: 'running'; people: number; total: number }
  | { kind: 'failed'; error: unknown }
  | { kind: 'done'; report: ReembedReport }

/**
 * Brings people over to the model that is set, in the tab that may change them, from their pictures; the previous model
 * answers until all are. What a closed page has left goes on at the next start.
 */
export class ModelChange {
  /** Told when it has begun, is farther, or has ended. */
  onChange: () => void = () => undefined
  readonly #kiosk: Kiosk
  #state: ModelChangeState = { kind: 'none' }

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk
  }

  get state(): ModelChangeState {
    return this.#state
  }

  connect(): void {
    this.#kiosk.on('turn', () => void this.run())
    void this.run()
  }

  async run(): Promise<void> {
    const { matcher, mayWrite } = this.#kiosk
    if (!mayWrite || this.#state.kind === 'running') return
    try {
      const total = await matcher.outdatedPeople()
      if (total > 0) {
        this.#now({ kind: 'running', people: 0, total })
        const report = await matcher.reembed({ onProgress: (progress) => this.#now({ kind: 'running', ...progress }) })
        this.#now({ kind: 'done', report })
        this.#kiosk.peopleChanged()
      }
      if (this.#kiosk.settings.previousModel !== null) this.#kiosk.set({ previousModel: null })
    } catch (error) {
      this.#now({ kind: 'failed', error })
    }
  }

  #now(state: ModelChangeState): void {
    this.#state = state
    this.onChange()
  }
}
