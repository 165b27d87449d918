/**
 * Looks at a video again and again. Each look takes the newest frame, and the next begins when it is done, so that a
 * slow device looks less often and never lags behind.
 */
export class Watch {
  readonly #video: HTMLVideoElement
  readonly #look: (frame: ImageBitmap, signal: AbortSignal) => Promise<void>
  readonly #onError: (error: unknown) => void
  #running: AbortController | undefined

  constructor(
    video: HTMLVideoElement,
    look: (frame: ImageBitmap, signal: AbortSignal) => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#video = video
    this.#look = look
    this.#onError = onError
  }

  start(): void {
    if (this.#running !== undefined) return
    const running = new AbortController()
    this.#running = running
    void this.#run(running.signal).catch((error: unknown) => {
      if (running.signal.aborted) return
      this.#running = undefined
      this.#onError(error)
    })
  }

  stop(): void {
    this.#running?.abort()
    this.#running = undefined
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#nextFrame(signal)
      signal.throwIfAborted()
      if (this.#video.videoWidth === 0) continue
      const frame = await createImageBitmap(this.#video)
      try {
        signal.throwIfAborted()
        await this.#look(frame, signal)
      } finally {
        frame.close()
      }
    }
  }

  /** Resolves with the next frame that is shown, at once when the signal aborts. */
  #nextFrame(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done)
      // In every browser since 2024; an animation frame stands in for it in older ones.
      if ('requestVideoFrameCallback' in this.#video) this.#video.requestVideoFrameCallback(done)
      else requestAnimationFrame(done)
    })
  }
}
