import { cloudAddress, type Cloud, type CloudEvent } from './cloud.ts'
import { keepToken, keptToken } from './cloud-token.ts'
import { describeCloudFailure } from './cloud-words.ts'
import type { CollectionSync } from './collection-sync.ts'
import { element } from './element.ts'
import type { Kiosk } from './kiosk.ts'
import { describeError } from './words.ts'

/** The token for the cloud, whether faces that are not recognized here are sent there, and what it said. */
export class CloudPanel {
  readonly #kiosk: Kiosk
  readonly #cloud: Cloud
  readonly #sync: CollectionSync
  readonly #ask: HTMLInputElement = element('cloud-ask', HTMLInputElement)
  readonly #keep: HTMLInputElement = element('cloud-keep', HTMLInputElement)
  readonly #token: HTMLInputElement = element('cloud-token', HTMLInputElement)
  readonly #state: HTMLElement = element('cloud-state', HTMLElement)

  constructor(kiosk: Kiosk, cloud: Cloud, sync: CollectionSync) {
    this.#kiosk = kiosk
    this.#cloud = cloud
    this.#sync = sync
  }

  connect(): void {
    element('cloud-none', HTMLElement).hidden = cloudAddress !== undefined
    element('cloud-form', HTMLElement).hidden = cloudAddress === undefined
    if (cloudAddress === undefined) return
    element('cloud-address', HTMLElement).textContent = new URL(cloudAddress, location.href).host
    const kept = keptToken()
    this.#keep.checked = kept !== null
    this.#token.value = kept ?? ''
    this.#ask.checked = this.#kiosk.settings.cloud
    this.#cloud.onEvent = (event) => {
      this.#state.textContent = `${new Date().toLocaleTimeString('en', { timeStyle: 'short' })} · ${wordsOf(event)}`
    }
    element('cloud-form', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault())
    for (const input of [this.#ask, this.#keep, this.#token]) input.addEventListener('change', () => void this.#apply())
    void this.#apply()
  }

  async #apply(): Promise<void> {
    const token = this.#token.value.trim() || null
    keepToken(this.#keep.checked ? token : null)
    try {
      await this.#cloud.setToken(token)
      await this.#sync.setToken(token)
    } catch (error) {
      this.#state.textContent = describeError(error).text
      return
    }
    this.#kiosk.set({ cloud: this.#ask.checked })
    if (!this.#ask.checked) this.#state.textContent = 'Off: no face leaves this device.'
    else if (token === null) this.#state.textContent = 'It needs a token.'
    else this.#state.textContent = 'On: each face that is not recognized here is sent once.'
  }
}

function wordsOf(event: CloudEvent): string {
  switch (event.type) {
    case 'asked':
      return 'A face was sent.'
    case 'answered':
      return event.found ? 'The cloud knew the face.' : 'The cloud did not know the face.'
    case 'paused':
      return `${describeCloudFailure(event.code)} It is left alone for ${Math.ceil(event.milliseconds / 1000)} seconds.`
    case 'failed':
      return describeCloudFailure(event.code)
  }
}
