interface ImportMetaEnv {
  /** The address of the cloud that the kiosk may ask, from the environment of the build. */
  readonly VITE_KIOSK_CLOUD: string | undefined
}

/** Filled in by the build: dlib first. */
declare const offeredModels: readonly import('../build/offered-model.ts').OfferedModel[]
