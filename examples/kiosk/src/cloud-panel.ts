import type { ErrorCode } from '@visavis/core'
import { cloudAddress, type Cloud, type CloudEvent } from './cloud.ts'
import { element } from './element.ts'
import type { Kiosk } from './kiosk.ts'
import { describeError } from './words.ts'

const tokenKey = 'visavis-kiosk cloud token'

/** Whether faces that are not recognized here are sent to the cloud, and what it said. */
export class CloudPanel {
  readonly #kiosk: Kiosk
  readonly #cloud: Cloud
  readonly #ask: HTMLInputElement = element('cloud-ask', HTMLInputElement)
  readonly #keep: HTMLInputElement = element('cloud-keep', HTMLInputElement)
  readonly #token: HTMLInputElement = element('cloud-token', HTMLInputElement)
  readonly #state: HTMLElement = element('cloud-state', HTMLElement)

  constructor(kiosk: Kiosk, cloud: Cloud) {
    this.#kiosk = kiosk
    this.#cloud = cloud
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

function keptToken(): string | null {
  try {
    return localStorage.getItem(tokenKey)
  } catch {
    return null
  }
}

function keepToken(token: string | null): void {
  try {
    if (token === null) localStorage.removeItem(tokenKey)
    else localStorage.setItem(tokenKey, token)
  } catch {
    // Without storage it lasts as long as the page.
  }
}

function wordsOf(event: CloudEvent): string {
  switch (event.type) {
    case 'asked':
      return 'A face was sent.'
    case 'answered':
      return event.found ? 'The cloud knew the face.' : 'The cloud did not know the face.'
    case 'paused':
      return `${describeFailure(event.code)} It is left alone for ${Math.ceil(event.milliseconds / 1000)} seconds.`
    case 'failed':
      return describeFailure(event.code)
  }
}

function describeFailure(code: ErrorCode): string {
  return `The cloud was of no help: ${failures[code] ?? 'it does not work now'}.`
}

const failures: Partial<Record<ErrorCode, string>> = {
  network: 'it cannot be reached',
  timeout: 'it took too long',
  unauthorized: 'it does not take the token',
  forbidden: 'the token does not allow it',
  insufficient_credits: 'there are no credits left',
  rate_limited: 'it was asked too often',
  collection_not_found: 'it does not have this collection',
}
