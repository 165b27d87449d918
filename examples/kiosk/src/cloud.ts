import type { Candidate, ErrorCode, FaceSearcher } from '@visavis/core'
import type { VerifikClient, VerifikClientOptions } from '@visavis/remote'
import type { Kiosk } from './kiosk.ts'

/** The address of the cloud that this kiosk was built to ask; `undefined` where it was built without one. */
export const cloudAddress: string | undefined = import.meta.env.VITE_KIOSK_CLOUD

/** A client of the cloud that this kiosk was built to ask. Only a kiosk that asks one loads what that takes. */
export async function openCloud(
  token: string,
  options: Pick<VerifikClientOptions, 'budget'> = {},
): Promise<VerifikClient | undefined> {
  if (cloudAddress === undefined) return undefined
  const { createVerifikClient } = await import('@visavis/remote')
  // Every other service is taken for a visavis serve, which supports more.
  const isVerifik = /(^|\.)verifik\.co$/.test(new URL(cloudAddress, location.href).hostname)
  return createVerifikClient({
    ...options,
    baseUrl: cloudAddress,
    token,
    server: isVerifik ? 'verifik' : 'visavis',
  })
}

/** What became of a face that was sent. */
export type CloudEvent =
  | { type: 'asked' }
  | { type: 'answered'; found: boolean }
  | { type: 'failed'; code: ErrorCode }
  /** It failed, and is not asked for so many milliseconds. */
  | { type: 'paused'; code: ErrorCode; milliseconds: number }

/** Every call is billed: a crowd in front of the kiosk must not become one of calls. */
const budget = { callsPerMinute: 10, callsPerDay: 500 }

/** A second opinion on faces that match no person here, where it is enabled. */
export class Cloud {
  readonly #kiosk: Kiosk
  #client: VerifikClient | undefined
  #searcher: FaceSearcher | undefined
  onEvent: (event: CloudEvent) => void = () => undefined

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk
  }

  /** Whether faces are sent. */
  get isAsked(): boolean {
    return this.#searcher !== undefined && this.#kiosk.settings.cloud
  }

  /** From now on asks with this token; with `null` not at all. */
  async setToken(token: string | null): Promise<void> {
    void this.#client?.close()
    this.#client = undefined
    this.#searcher = undefined
    if (token === null) return
    const { withFallback } = await import('@visavis/remote')
    this.#client = await openCloud(token, { budget })
    if (this.#client === undefined) return
    this.#searcher = withFallback({
      local: this.#kiosk.matcher,
      remote: this.#client,
      policy: { nobodyFound: true },
      timeout: 5000,
      onEvent: (event) => {
        if (event.type === 'remote_asked') this.onEvent({ type: 'asked' })
        if (event.type === 'remote_failed') this.onEvent({ type: 'failed', code: event.code })
        if (event.type === 'remote_paused') this.onEvent({ ...event, type: 'paused' })
      },
    })
  }

  /** The person whom the cloud found; `null` where it found none, or did not answer. */
  async ask(crop: ImageData): Promise<Candidate | null> {
    const { mode, minScore, collectionId } = this.#kiosk.settings
    const chosen = collectionId === null ? {} : { collectionId }
    const result = await this.#searcher?.search(crop, { mode, minScore, maxResults: 1, ...chosen })
    if (result?.source !== 'remote') return null
    const [candidate = null] = result.candidates
    this.onEvent({ type: 'answered', found: candidate !== null })
    return candidate
  }
}
