import type { FaceMatcher, LocalMatcher } from '@visavis/core'
import { createVerifikClient, type VerifikClient } from '@visavis/remote'
import { createServer, type Listener } from '@visavis/server'
import { tokens } from '../support/test-server.ts'
import type { Home, HomeModels } from './home.ts'
import { MemoryHome } from './memory-home.ts'

/** A gallery behind a server, as a client has it. */
export class HttpHome implements Home {
  readonly #behind: MemoryHome
  readonly #listener: Listener
  readonly #client: VerifikClient

  private constructor(behind: MemoryHome, listener: Listener) {
    this.#behind = behind
    this.#listener = listener
    this.#client = createVerifikClient({ baseUrl: listener.url, token: tokens.all, server: 'visavis' })
  }

  static async open(modelId: string): Promise<HttpHome> {
    const behind = await MemoryHome.open(modelId)
    const server = createServer({ matcher: servedFrom(behind), tokens: [{ token: tokens.all, name: 'sequence' }] })
    return new HttpHome(behind, await server.listen())
  }

  get matcher(): FaceMatcher {
    return this.#client as unknown as FaceMatcher
  }

  get local(): LocalMatcher {
    return this.#behind.local
  }

  told(code: string): string {
    return code === 'model_mismatch' ? 'server' : code
  }

  reopen(models: HomeModels): Promise<void> {
    return this.#behind.reopen(models)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close()
    await this.#listener.close({ graceMilliseconds: 0 })
    await this.#behind[Symbol.asyncDispose]()
  }
}

/** The matcher of a home, whichever that is at the time. */
function servedFrom(home: MemoryHome): FaceMatcher {
  return {
    get persons() {
      return home.matcher.persons
    },
    get collections() {
      return home.matcher.collections
    },
    search: (crop, options) => home.matcher.search(crop, options),
    verify: (id, crop, options) => home.matcher.verify(id, crop, options),
    compare: (probe, reference, options) => home.matcher.compare(probe, reference, options),
    detect: (image, options) => home.matcher.detect(image, options),
    close: () => home.matcher.close(),
    [Symbol.asyncDispose]: () => home.matcher.close(),
  }
}
