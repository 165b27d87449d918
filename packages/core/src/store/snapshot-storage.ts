/**
 * Where an index keeps what takes long to make, between two starts of the app: a cache, never more than that. It holds
 * templates, so it is biometric data.
 */
export interface SnapshotStorage {
  /** What was written last; `undefined` where there is nothing. */
  read(): Promise<Uint8Array | undefined>
  write(snapshot: Uint8Array): Promise<void>
  /** Erases it, because a person in it was removed. Resolves also where there is none. */
  erase(): Promise<void>
}
