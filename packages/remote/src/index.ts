export type { FaultyRow } from '@visavis/wire'
export type {
  LivenessOptions,
  RemoteCollections,
  RemoteFace,
  RemotePersons,
  RemoteSearchOptions,
  RenewTokenOptions,
  VerifikClient,
  WalkOptions,
  WalkSummary,
} from './client/client.ts'
export type { CallBudgetOptions } from './client/call-budget.ts'
export type { CircuitBreakerOptions } from './fallback/circuit-breaker.ts'
export type { ClientEvent } from './client/client-event.ts'
export type { TimeoutOptions, VerifikClientOptions } from './client/client-options.ts'
export type { FallbackPolicy } from './fallback/fallback-policy.ts'
export { forgetCollection, type ForgetOptions, type ForgetReport } from './sync/forget-collection.ts'
export type { RetryOptions } from './client/retry-timing.ts'
export { syncCollection, type SyncOptions } from './sync/sync-collection.ts'
export type { SyncProblemCode } from './sync/sync-mark.ts'
export type { SyncProblem, SyncProgress, SyncReport } from './sync/sync-report.ts'
export type { TokenFunction } from './client/token-keeper.ts'
export { createVerifikClient } from './client/verifik-client.ts'
export { withFallback, type FallbackEvent, type FallbackOptions } from './fallback/with-fallback.ts'
