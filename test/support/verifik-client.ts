import type { Crop } from '@visavis/core'
import { createVerifikClient, type ClientEvent, type VerifikClient, type VerifikClientOptions } from '@visavis/remote'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { startVerifikServer, type Session, type VerifikServer } from './verifik-server.ts'

export { json } from './play.ts'

export const token = 'header.c2VjcmV0.tail'
export const search = { minScore: 0.5, mode: 'FAST' } as const

export interface ClientSetup {
  /** Of the test that runs. */
  readonly session: Session
  readonly server: VerifikServer
  /** What clients of this test did. */
  readonly events: ClientEvent[]
  connect(options?: Partial<VerifikClientOptions>): VerifikClient
}

/** A server for the tests of a file, and for each of them a session and clients that know it. */
export function setUpClients(): ClientSetup {
  let server: VerifikServer
  let session: Session
  let events: ClientEvent[]
  beforeAll(async () => {
    server = await startVerifikServer()
  })
  afterAll(() => server?.close())
  beforeEach(() => {
    session = server.open()
    events = []
  })
  return {
    get session() {
      return session
    },
    get server() {
      return server
    },
    get events() {
      return events
    },
    connect: (options = {}) =>
      createVerifikClient({
        baseUrl: session.baseUrl,
        token,
        retry: { firstDelay: 1 },
        onEvent: (event) => events.push(event),
        ...options,
      }),
  }
}

/** Something with a pattern, so that JPEG has to work for it. */
export function picture(width = 100, height: number = width): Crop {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 7) % 253)
  return { width, height, data }
}
