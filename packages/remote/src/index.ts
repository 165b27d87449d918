export type {
  CallOptions,
  LivenessOptions,
  RemoteCollections,
  RemoteFace,
  RemotePersons,
  RemoteSearchOptions,
  RenewTokenOptions,
  VerifikClient,
  WalkSummary,
} from './client.ts'
export type { CallBudgetOptions } from './call-budget.ts'
export type { CircuitBreakerOptions } from './circuit-breaker.ts'
export type { ClientEvent } from './client-event.ts'
export type { TimeoutOptions, VerifikClientOptions } from './client-options.ts'
export type { FallbackPolicy } from './fallback-policy.ts'
export type { RetryOptions } from './retry-timing.ts'
export type { TokenFunction } from './token-keeper.ts'
export { createVerifikClient } from './verifik-client.ts'
export { withFallback, type FallbackEvent, type FallbackOptions } from './with-fallback.ts'
