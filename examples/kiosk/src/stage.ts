import { create, element } from './element.ts'
import type { Frame, Sighting } from './face-reader.ts'
import { describeReasons, type Words } from './words.ts'

export interface StageAction {
  label: string
  run: () => void
}

/** Where the camera or a picture is seen, with a box around each face; or words where there is nothing to see. */
export class Stage {
  readonly video: HTMLVideoElement = element('video', HTMLVideoElement)
  readonly #root: HTMLElement = element('stage', HTMLElement)
  readonly #canvas: HTMLCanvasElement = element('picture', HTMLCanvasElement)
  readonly #boxes: HTMLElement = element('boxes', HTMLElement)
  readonly #buttons: readonly [HTMLButtonElement, HTMLButtonElement] = [
    element('stage-action', HTMLButtonElement),
    element('stage-second-action', HTMLButtonElement),
  ]
  #actions: readonly StageAction[] = []

  constructor() {
    for (const [i, button] of this.#buttons.entries()) button.addEventListener('click', () => this.#actions[i]?.run())
  }

  showMessage({ title, text }: Words, ...actions: readonly StageAction[]): void {
    this.#show('message')
    element('stage-title', HTMLElement).textContent = title
    element('stage-text', HTMLElement).textContent = text
    this.#actions = actions
    for (const [i, button] of this.#buttons.entries()) {
      button.hidden = actions[i] === undefined
      button.textContent = actions[i]?.label ?? ''
    }
  }

  showVideo(mirrored: boolean): void {
    this.#show('video')
    this.#root.classList.toggle('mirrored', mirrored)
    this.#fit({ width: this.video.videoWidth, height: this.video.videoHeight })
  }

  showPicture(picture: ImageBitmap): void {
    this.#show('picture')
    this.#root.classList.remove('mirrored')
    this.#canvas.width = picture.width
    this.#canvas.height = picture.height
    this.#canvas.getContext('2d')?.drawImage(picture, 0, 0)
    this.#fit(picture)
  }

  /**
   * Draws a box around each face.
   *
   * @param choose Makes the boxes buttons, which call this.
   */
  showFaces(frame: Frame, sightings: readonly Sighting[], choose?: (sighting: Sighting) => void): void {
    this.#fit(frame)
    // Of what the camera sees the answer tells; each face of a picture can be chosen.
    this.#boxes.ariaHidden = String(choose === undefined)
    const mirrored = this.#root.classList.contains('mirrored')
    // Boxes are used again, so that they glide instead of jumping.
    while (this.#boxes.childElementCount > sightings.length) this.#boxes.lastElementChild?.remove()
    for (const [i, sighting] of sightings.entries()) {
      let box = this.#boxes.children[i] as HTMLElement | undefined
      if (box === undefined || choose !== undefined) {
        const made = choose === undefined ? create('div') : create('button', { type: 'button' })
        if (box === undefined) this.#boxes.append(made)
        else box.replaceWith(made)
        box = made
        box.append(create('span', { className: 'box-label' }))
      }
      const { left, top, right, bottom } = sighting.box
      const from = mirrored ? frame.width - right : left
      box.style.left = `${(from / frame.width) * 100}%`
      box.style.top = `${(top / frame.height) * 100}%`
      box.style.width = `${((right - left) / frame.width) * 100}%`
      box.style.height = `${((bottom - top) / frame.height) * 100}%`
      box.className = `box ${kindOf(sighting)}`
      // Above a face at the upper edge there is no room for its name.
      box.classList.toggle('label-inside', top < frame.height * 0.1)
      ;(box.firstElementChild as HTMLElement).textContent = labelOf(sighting)
      if (choose !== undefined) {
        box.setAttribute(
          'aria-label',
          `Face ${i + 1} of ${sightings.length}: ${labelOf(sighting) || 'nobody enrolled'}`,
        )
        box.addEventListener('click', () => choose(sighting))
      }
    }
  }

  /** Marks the box of the face that the answer is about. */
  markFace(index: number): void {
    for (const [i, box] of [...this.#boxes.children].entries()) {
      box.classList.toggle('chosen', i === index)
      box.setAttribute('aria-pressed', String(i === index))
    }
  }

  #show(what: 'message' | 'video' | 'picture'): void {
    this.#root.dataset['shows'] = what
    this.#boxes.replaceChildren()
  }

  #fit({ width, height }: Frame): void {
    if (width > 0 && height > 0) this.#root.style.setProperty('--aspect', String(width / height))
  }
}

function kindOf({ candidate, reasons }: Sighting): string {
  if (candidate !== null) return 'match'
  return reasons.length > 0 ? 'unclear' : 'stranger'
}

function labelOf({ candidate, reasons }: Sighting): string {
  if (candidate !== null) return `${candidate.name ?? 'No name'} ${candidate.score.toFixed(2)}`
  return reasons.length > 0 ? describeReasons(reasons.slice(0, 1)).replace('.', '') : ''
}
