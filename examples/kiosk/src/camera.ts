export interface CameraEvents {
  /** Another camera than before runs, or none. */
  onChange: () => void
  /** The camera was taken away while it ran. */
  onLost: () => void
}

/** The camera of the device, shown in a video element. */
export class Camera {
  readonly video: HTMLVideoElement
  readonly #events: CameraEvents
  #stream: MediaStream | undefined
  #starting: symbol | undefined

  constructor(video: HTMLVideoElement, events: CameraEvents) {
    this.video = video
    this.#events = events
  }

  get running(): boolean {
    return this.#stream !== undefined
  }

  /** The device id of the camera that runs. */
  get id(): string | undefined {
    return this.#track?.getSettings().deviceId
  }

  /** Whether the picture should be mirrored: not where the camera faces away from its user. */
  get mirrored(): boolean {
    return this.#track?.getSettings().facingMode !== 'environment'
  }

  /**
   * Starts the camera, or another one. Rejects with the browser's reason where there is none; resolves to `false` where
   * it was stopped meanwhile.
   */
  async start(id: string | null): Promise<boolean> {
    this.#end()
    const starting = Symbol('start')
    this.#starting = starting
    if (navigator.mediaDevices === undefined) throw new DOMException('No camera access here.', 'SecurityError')
    const stream = await this.#open(id)
    if (this.#starting !== starting) {
      for (const track of stream.getTracks()) track.stop()
      return false
    }
    this.#stream = stream
    this.#track?.addEventListener('ended', () => {
      if (this.#stream !== stream) return
      this.stop()
      this.#events.onLost()
    })
    this.video.srcObject = stream
    try {
      await this.video.play()
    } catch (error) {
      // Stopped meanwhile.
      if (this.#stream !== stream) return false
      this.stop()
      throw error
    }
    this.#events.onChange()
    return true
  }

  stop(): void {
    this.#starting = undefined
    if (!this.running) return
    this.#end()
    this.#events.onChange()
  }

  /** All cameras; their names are empty until one was allowed. */
  async list(): Promise<MediaDeviceInfo[]> {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
    return devices.filter(({ kind }) => kind === 'videoinput')
  }

  get #track(): MediaStreamTrack | undefined {
    return this.#stream?.getVideoTracks()[0]
  }

  async #open(id: string | null): Promise<MediaStream> {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } }
    if (id !== null) {
      try {
        return await navigator.mediaDevices.getUserMedia({ video: { ...size, deviceId: { exact: id } } })
      } catch (error) {
        // The one that was chosen the last time is not there any more.
        if (!(error instanceof DOMException) || error.name !== 'OverconstrainedError') throw error
      }
    }
    return navigator.mediaDevices.getUserMedia({ video: { ...size, facingMode: { ideal: 'user' } } })
  }

  #end(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.#stream = undefined
    this.video.srcObject = null
  }
}
