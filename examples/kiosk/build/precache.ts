/** What the service worker keeps: the files of one build. */
export interface Precache {
  /** Another one whenever any file is another. */
  readonly version: string
  readonly files: readonly PrecacheFile[]
}

export interface PrecacheFile {
  /** Relative to the app's folder; the start page's is empty. */
  readonly path: string
  /** As in subresource integrity: `sha256-` and the hash in base64. */
  readonly integrity: string
  /** Whether the name has a hash, so that the file never changes. */
  readonly immutable: boolean
}
