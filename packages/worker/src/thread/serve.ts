import { expose } from 'comlink'
import type { Greeting, ToldProgress } from '../protocol.ts'
import { MatcherService } from './matcher-service.ts'
import type { OpenStore } from './open-matcher.ts'
import { RecognizerService } from './recognizer-service.ts'

/** Answers the page through the port of its greeting. */
export function serve({ visavis, port }: Greeting, openStore: OpenStore): void {
  const tell = (call: number, progress: unknown): void => {
    const told: ToldProgress = { visavis: 'progress', call, progress }
    port.postMessage(told)
  }
  expose(visavis === 'matcher' ? new MatcherService(openStore, tell) : new RecognizerService(), port)
}

export function isGreeting(message: unknown): message is Greeting {
  return typeof message === 'object' && message !== null && 'visavis' in message && 'port' in message
}
