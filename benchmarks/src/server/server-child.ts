/** A process that serves a gallery over HTTP, and searches it in process for comparison. */
import { createMatcher, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createServer, type Listener } from '@visavis/server'
import type { PersonCrops } from '../recognize/crops.ts'
import { seededStore } from './gallery.ts'

export type ServerRequest =
  | { readonly kind: 'start'; readonly people: readonly PersonCrops[]; readonly count: number; readonly token: string }
  /** Searches each picture once, one after the other. */
  | { readonly kind: 'search'; readonly pictures: readonly Uint8Array[]; readonly minScore: number }
  | { readonly kind: 'measure' }
  | { readonly kind: 'stop' }

export type ServerReply =
  | { readonly kind: 'started'; readonly url: string }
  | {
      readonly kind: 'searched'
      /** Of each search. */
      readonly milliseconds: readonly number[]
      /** The id of the best candidate. */
      readonly found: readonly (string | undefined)[]
    }
  | { readonly kind: 'measured'; readonly scriptBytes: number; readonly outsideBytes: number }
  | { readonly kind: 'stopped' }

const recognizer = await createRecognizer()
let serving: { readonly matcher: FaceMatcher; readonly listener: Listener } | undefined

// An unhandled rejection ends the process, which its parent notices.
process.on('message', async (request: ServerRequest) => {
  process.send?.(await answer(request))
  if (request.kind === 'stop') process.disconnect()
})

async function answer(request: ServerRequest): Promise<ServerReply> {
  switch (request.kind) {
    case 'start': {
      const matcher = await createMatcher({
        recognizer,
        store: await seededStore(recognizer, request.people, request.count),
      })
      const listener = await createServer({ matcher, tokens: [{ token: request.token }] }).listen()
      serving = { matcher, listener }
      return { kind: 'started', url: listener.url }
    }
    case 'search': {
      if (serving === undefined) throw new Error('The server has not been started.')
      const milliseconds: number[] = []
      const found: (string | undefined)[] = []
      for (const picture of request.pictures) {
        const started = performance.now()
        const { candidates } = await serving.matcher.search(picture, { minScore: request.minScore, mode: 'FAST' })
        milliseconds.push(performance.now() - started)
        found.push(candidates[0]?.id)
      }
      return { kind: 'searched', milliseconds, found }
    }
    case 'measure': {
      globalThis.gc?.()
      const { heapUsed, external } = process.memoryUsage()
      return { kind: 'measured', scriptBytes: heapUsed, outsideBytes: external }
    }
    case 'stop':
      await serving?.listener.close()
      await serving?.matcher.close()
      return { kind: 'stopped' }
  }
}
