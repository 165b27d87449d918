export type {
  CallOptions,
  LivenessOptions,
  RemoteCollections,
  RemoteFace,
  RemotePersons,
  RemoteSearchOptions,
  RenewTokenOptions,
  VerifikClient,
  WalkOptions,
  WalkSummary,
} from './client.ts'
export type { CallBudgetOptions } from './call-budget.ts'
export type { CircuitBreakerOptions } from './circuit-breaker.ts'
export type { ClientEvent } from './client-event.ts'
export type { TimeoutOptions, VerifikClientOptions } from './client-options.ts'
export type { FallbackPolicy } from './fallback-policy.ts'
export { forgetCollection, type ForgetOptions, type ForgetReport } from './forget-collection.ts'
export type { RetryOptions } from './retry-timing.ts'
export { syncCollection, type SyncOptions } from './sync-collection.ts'
export type { SyncProblemCode } from './sync-mark.ts'
export type { SyncProblem, SyncProgress, SyncReport } from './sync-report.ts'
export type { TokenFunction } from './token-keeper.ts'
export { createVerifikClient } from './verifik-client.ts'
export { withFallback, type FallbackEvent, type FallbackOptions } from './with-fallback.ts'
