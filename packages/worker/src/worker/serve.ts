import { expose } from 'comlink'
import type { Greeting } from '../protocol.ts'
import { MatcherService, type OpenStore } from './matcher-service.ts'
import { RecognizerService } from './recognizer-service.ts'

/** Answers the page through the port of its greeting. */
export function serve({ visavis, port }: Greeting, openStore: OpenStore): void {
  expose(visavis === 'matcher' ? new MatcherService(openStore) : new RecognizerService(), port)
}

export function isGreeting(message: unknown): message is Greeting {
  return typeof message === 'object' && message !== null && 'visavis' in message && 'port' in message
}
