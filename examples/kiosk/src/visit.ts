import { VisavisError } from '@visavis/core'
import { Camera } from './camera.ts'
import type { Cloud } from './cloud.ts'
import { element } from './element.ts'
import { EnrollDialog } from './enroll-dialog.ts'
import { readFrame, readPicture, type Sighting } from './face-reader.ts'
import type { KeptData } from './kept-data.ts'
import type { Kiosk } from './kiosk.ts'
import { readPictureFile } from './picture-file.ts'
import { ResultCard } from './result-card.ts'
import type { Stage, StageAction } from './stage.ts'
import { answerOf, SteadyAnswer, type Answer } from './steady-answer.ts'
import { showToast } from './toast.ts'
import { Watch } from './watch.ts'
import { describeCameraError, describeError } from './words.ts'

/** How long after a failure the camera starts again by itself, milliseconds. */
const comeback = 5000

/** How long what the cloud said stays in sight, milliseconds. */
const readingTime = 6000

/** Recognizes faces from the camera or a picture, shows the answer, and enrolls people who are not known. */
export class Visit {
  readonly #kiosk: Kiosk
  readonly #cloud: Cloud
  readonly #stage: Stage
  readonly #camera: Camera
  readonly #watch: Watch
  readonly #steady: SteadyAnswer = new SteadyAnswer()
  readonly #card: ResultCard = new ResultCard()
  readonly #dialog: EnrollDialog
  readonly #pictureFile: HTMLInputElement = element('picture-file', HTMLInputElement)
  readonly #cameraChoice: HTMLSelectElement = element('camera-choice', HTMLSelectElement)
  #source: 'camera' | 'picture' = 'camera'
  #picture: ImageBitmap | undefined
  /** How many pictures were chosen, and which of them is shown. */
  #opened = 0
  #pictureNumber = 0
  /** The face that the card is about, which is enrolled on request. */
  #sighting: Sighting | undefined
  #reading: AbortController | undefined
  /** Whether the cloud was asked about the face in front of the camera. */
  #cloudAsked = false
  /** Until when what the cloud says is shown, by `performance.now()`. */
  #heldUntil = 0

  constructor(kiosk: Kiosk, cloud: Cloud, stage: Stage, keptData: KeptData) {
    this.#kiosk = kiosk
    this.#cloud = cloud
    this.#stage = stage
    this.#camera = new Camera(stage.video, {
      onChange: () => this.#cameraChanged(),
      onLost: () => stage.showMessage(describeCameraError(new DOMException('', 'NotFoundError')), this.#startAction()),
    })
    this.#watch = new Watch(
      stage.video,
      (frame, signal) => this.#look(frame, signal),
      (error) => this.#failed(error),
    )
    this.#dialog = new EnrollDialog(kiosk, {
      takeView: () => (this.#camera.running ? (this.#sighting?.crop ?? null) : null),
      readFile: (file) => this.#readFace(file),
      onEnrolled: ({ name }) => {
        showToast(`${name ?? 'The person'} was enrolled.`)
        kiosk.peopleChanged()
        void keptData.persist()
      },
    })
  }

  /** Listens to the page, and starts the camera where it was running the last time. */
  connect(): void {
    for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=source]')) {
      radio.addEventListener('change', () => {
        this.#source = radio.value === 'picture' ? 'picture' : 'camera'
        this.#showSource()
      })
    }
    element('stop-camera', HTMLButtonElement).addEventListener('click', () => {
      this.#kiosk.set({ camera: false })
      this.#camera.stop()
    })
    element('other-picture', HTMLButtonElement).addEventListener('click', () => this.#pictureFile.click())
    element('enroll', HTMLButtonElement).addEventListener('click', () => {
      if (this.#sighting !== undefined) void this.#dialog.open(this.#sighting)
    })
    this.#pictureFile.addEventListener('change', () => {
      const [file] = this.#pictureFile.files ?? []
      this.#pictureFile.value = ''
      if (file !== undefined) void this.#openPicture(file)
    })
    this.#cameraChoice.addEventListener('change', () => {
      this.#kiosk.set({ cameraId: this.#cameraChoice.value })
      void this.#startCamera()
    })
    document.addEventListener('visibilitychange', () => {
      if (this.#source !== 'camera' || !this.#kiosk.settings.camera) return
      if (document.hidden) this.#camera.stop()
      else void this.#startCamera()
    })
    // A camera that was not there, or was pulled out, comes back.
    navigator.mediaDevices?.addEventListener('devicechange', () => {
      const isMissed = this.#source === 'camera' && this.#kiosk.settings.camera && !this.#camera.running
      if (isMissed && !document.hidden) void this.#startCamera()
    })
    // The answer may be another one now: the picture is searched again.
    for (const change of ['people', 'settings'] as const) {
      this.#kiosk.on(change, () => {
        if (this.#source === 'picture' && this.#picture !== undefined) void this.#readPicture(this.#picture)
      })
    }
    const stage = element('stage', HTMLElement)
    stage.addEventListener('dragover', (event) => event.preventDefault())
    stage.addEventListener('drop', (event) => {
      event.preventDefault()
      const [file] = event.dataTransfer?.files ?? []
      if (file === undefined) return
      this.#source = 'picture'
      element('source-picture', HTMLInputElement).checked = true
      this.#showSource()
      void this.#openPicture(file)
    })
    this.#showSource()
  }

  #showSource(): void {
    this.#reading?.abort()
    this.#sighting = undefined
    element('other-picture', HTMLButtonElement).hidden = this.#source === 'camera' || this.#picture === undefined
    if (this.#source === 'camera') {
      this.#picture?.close()
      this.#picture = undefined
      if (this.#kiosk.settings.camera) void this.#startCamera()
      else this.#cameraChanged()
    } else {
      this.#camera.stop()
      this.#stage.showMessage(
        { title: 'Choose a picture', text: `Or drop one here. ${this.#whereFacesGo()}` },
        { label: 'Choose a picture', run: () => this.#pictureFile.click() },
      )
      this.#card.showIdle({ title: 'No picture yet', text: 'Everybody in it is looked for.' })
    }
  }

  async #startCamera(): Promise<void> {
    const waiting = { title: 'One moment …', text: 'Allow the camera, if the browser asks.' }
    if (!this.#camera.running) this.#stage.showMessage(waiting)
    try {
      if (await this.#camera.start(this.#kiosk.settings.cameraId)) this.#kiosk.set({ camera: true })
    } catch (error) {
      this.#stage.showMessage(describeCameraError(error), this.#startAction())
    }
  }

  #cameraChanged(): void {
    const { running } = this.#camera
    element('stop-camera', HTMLButtonElement).hidden = !running
    this.#steady.reset()
    this.#cloudAsked = false
    this.#heldUntil = 0
    if (running) {
      this.#stage.showVideo(this.#camera.mirrored)
      this.#card.showAnswer({ kind: 'nobody_there' })
      this.#watch.start()
    } else {
      this.#watch.stop()
      this.#sighting = undefined
      if (this.#source === 'picture') return
      this.#stage.showMessage({ title: 'Who is there?', text: this.#whereFacesGo() }, this.#startAction())
      this.#card.showIdle({ title: 'The camera is off', text: 'Start it to recognize people.' })
    }
    void this.#listCameras()
  }

  #whereFacesGo(): string {
    return this.#cloud.isAsked
      ? 'Faces that are not recognized here are sent to the cloud.'
      : 'Pictures never leave this device.'
  }

  #startAction(): StageAction {
    return { label: 'Start the camera', run: () => void this.#startCamera() }
  }

  async #listCameras(): Promise<void> {
    const cameras = this.#camera.running ? await this.#camera.list() : []
    this.#cameraChoice.hidden = cameras.length < 2
    const options = cameras.map(({ deviceId, label }, i) => new Option(label || `Camera ${i + 1}`, deviceId))
    this.#cameraChoice.replaceChildren(...options)
    this.#cameraChoice.value = this.#camera.id ?? ''
  }

  async #look(frame: ImageBitmap, signal: AbortSignal): Promise<void> {
    const sightings = await readFrame(this.#kiosk.matcher, frame, this.#kiosk.settings, signal)
    signal.throwIfAborted()
    this.#stage.showFaces(frame, sightings)
    const [nearest] = sightings
    // During an enrollment another view of the person may be taken, and no other answer is shown.
    this.#sighting = nearest
    if (!this.#dialog.isOpen) this.#greet(this.#steady.next(answerOf(nearest), performance.now()))
  }

  #greet(answer: Answer): void {
    if (answer.kind === 'nobody_there') this.#cloudAsked = false
    if (answer.kind === 'match') this.#heldUntil = 0
    else if (performance.now() < this.#heldUntil) return
    if (answer.kind === 'stranger' && this.#cloud.isAsked && !this.#cloudAsked) {
      this.#cloudAsked = true
      void this.#askCloud(answer.sighting, () => this.#camera.running && this.#heldUntil > 0)
    } else this.#card.showAnswer(answer)
  }

  /** @param isWanted Whether the answer, when it comes, is still of interest. */
  async #askCloud(sighting: Sighting, isWanted: () => boolean): Promise<void> {
    this.#heldUntil = Number.POSITIVE_INFINITY
    this.#card.showAsking(sighting.crop)
    // The panel of the cloud shows the error; here no person was recognized.
    const candidate = await this.#cloud.ask(sighting.crop).catch(() => null)
    if (!isWanted()) return
    this.#heldUntil = performance.now() + (candidate === null ? 0 : readingTime)
    this.#card.showAnswer(
      candidate === null
        ? { kind: 'stranger', sighting }
        : { kind: 'match', from: 'cloud', sighting: { ...sighting, candidate } },
      this.#pictureNumber,
    )
  }

  async #openPicture(file: File): Promise<void> {
    const number = ++this.#opened
    this.#pictureFile.dataset['opened'] = String(number)
    try {
      const picture = await readPictureFile(file)
      if (this.#source === 'camera') return picture.close()
      this.#picture?.close()
      this.#picture = picture
      this.#pictureNumber = number
      this.#stage.showPicture(picture)
      element('other-picture', HTMLButtonElement).hidden = false
      await this.#readPicture(picture)
    } catch (error) {
      this.#failed(error)
    }
  }

  async #readPicture(picture: ImageBitmap): Promise<void> {
    this.#reading?.abort()
    const reading = new AbortController()
    this.#reading = reading
    this.#sighting = undefined
    this.#card.showIdle({ title: 'Looking …', text: 'Faces are being looked for.' })
    try {
      const sightings = await readPicture(this.#kiosk.matcher, picture, this.#kiosk.settings, reading.signal)
      if (reading.signal.aborted) return
      const choose = (sighting: Sighting): void => {
        this.#sighting = sighting
        this.#stage.markFace(sightings.indexOf(sighting))
        const answer = answerOf(sighting)
        if (answer.kind === 'stranger' && this.#cloud.isAsked) {
          void this.#askCloud(sighting, () => this.#sighting === sighting)
        } else this.#card.showAnswer(answer, this.#pictureNumber)
      }
      this.#stage.showFaces(picture, sightings, choose)
      const [largest] = sightings
      if (largest === undefined) {
        const words = { title: 'No face found', text: 'Use a picture that shows a face from the front.' }
        this.#card.showIdle(words, this.#pictureNumber)
      } else choose(largest)
    } catch (error) {
      if (!reading.signal.aborted) this.#failed(error)
    }
  }

  /** The one face of a picture file, for enrolling. */
  async #readFace(file: File): Promise<ImageData> {
    const picture = await readPictureFile(file)
    try {
      const signal = new AbortController().signal
      const [face, other] = await readPicture(this.#kiosk.matcher, picture, this.#kiosk.settings, signal)
      if (face === undefined) throw new VisavisError('no_face', 'The picture shows no face.')
      if (other !== undefined) throw new VisavisError('multiple_faces', 'The picture shows more than one face.')
      return face.crop
    } finally {
      picture.close()
    }
  }

  #failed(error: unknown): void {
    const wasRunning = this.#camera.running
    this.#camera.stop()
    const again = { label: 'Try again', run: () => this.#showSource() }
    this.#stage.showMessage(describeError(error), again)
    this.#card.showIdle({ title: 'Recognition is off', text: 'Nobody is recognized now.' }, this.#opened)
    // A kiosk may run unattended, with no person to press the button.
    if (wasRunning) {
      setTimeout(() => {
        if (this.#source === 'camera' && !this.#camera.running && this.#kiosk.settings.camera) this.#showSource()
      }, comeback)
    }
  }
}
