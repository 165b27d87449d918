import { isVisavisError, type Person } from '@visavis/core'
import { fillChecks, readChecks } from './collection-checks.ts'
import { create, element } from './element.ts'
import type { Sighting } from './face-reader.ts'
import { cropPicture } from './face-picture.ts'
import type { Kiosk } from './kiosk.ts'
import { describeError } from './words.ts'

/** The most pictures one person is enrolled with. */
const mostViews = 3

export interface EnrollSources {
  /** The face that the camera sees now; `null` where it sees none, or does not run. */
  takeView: () => ImageData | null
  /** The face of a picture file. Rejects where it shows none or several. */
  readFile: (file: File) => Promise<ImageData>
  onEnrolled: (person: Person) => void
}

/** Enrolls a new person from one to three views of their face. */
export class EnrollDialog {
  readonly #kiosk: Kiosk
  readonly #sources: EnrollSources
  readonly #dialog: HTMLDialogElement = element('enroll-dialog', HTMLDialogElement)
  readonly #name: HTMLInputElement = element('enroll-name', HTMLInputElement)
  readonly #file: HTMLInputElement = element('enroll-file', HTMLInputElement)
  readonly #known: HTMLElement = element('enroll-known', HTMLElement)
  readonly #problem: HTMLElement = element('enroll-problem', HTMLElement)
  readonly #collections: HTMLFieldSetElement = element('enroll-collections', HTMLFieldSetElement)
  readonly #save: HTMLButtonElement = element('enroll-save', HTMLButtonElement)
  #views: ImageData[] = []

  constructor(kiosk: Kiosk, sources: EnrollSources) {
    this.#kiosk = kiosk
    this.#sources = sources
    element('enroll-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#enroll()
    })
    element('enroll-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close())
    element('enroll-view', HTMLButtonElement).addEventListener('click', () => {
      const view = sources.takeView()
      if (view === null) this.#problem.textContent = 'The camera sees no face now.'
      else this.#addView(view)
    })
    element('enroll-picture', HTMLButtonElement).addEventListener('click', () => this.#file.click())
    this.#file.addEventListener('change', () => void this.#addFile())
    // A face is not kept longer than it is needed.
    this.#dialog.addEventListener('close', () => this.#setViews([]))
  }

  get isOpen(): boolean {
    return this.#dialog.open
  }

  async open(sighting: Sighting | null): Promise<void> {
    const collections = await this.#kiosk.matcher.collections.list()
    fillChecks(this.#collections, collections, new Set([this.#kiosk.settings.collectionId ?? '']))
    this.#name.value = ''
    this.#problem.textContent = ''
    const known = sighting?.candidate
    this.#known.hidden = known === null || known === undefined
    this.#known.textContent = `This face looks like ${known?.name ?? 'somebody'}, who is enrolled already.`
    element('enroll-view', HTMLButtonElement).hidden = this.#sources.takeView() === null
    this.#setViews(sighting === null ? [] : [sighting.crop])
    this.#dialog.showModal()
    this.#name.focus()
  }

  async #addFile(): Promise<void> {
    const [file] = this.#file.files ?? []
    this.#file.value = ''
    if (file === undefined) return
    try {
      this.#addView(await this.#sources.readFile(file))
    } catch (error) {
      this.#showProblem(error)
    }
  }

  #addView(view: ImageData): void {
    this.#problem.textContent = ''
    this.#setViews([...this.#views, view].slice(0, mostViews))
  }

  #setViews(views: readonly ImageData[]): void {
    this.#views = [...views]
    const items = this.#views.map((view, i) => {
      const remove = create('button', { type: 'button', className: 'remove', textContent: '×' })
      remove.setAttribute('aria-label', `Remove picture ${i + 1}`)
      remove.addEventListener('click', () => this.#setViews(this.#views.filter((other) => other !== view)))
      return create('li', {}, cropPicture(view), remove)
    })
    element('enroll-views', HTMLElement).replaceChildren(...items)
    const full = this.#views.length === mostViews
    for (const id of ['enroll-view', 'enroll-picture']) element(id, HTMLButtonElement).disabled = full
  }

  async #enroll(): Promise<void> {
    const name = this.#name.value.trim()
    if (name === '') {
      this.#problem.textContent = 'Give the person a name.'
      this.#name.focus()
      return
    }
    if (this.#views.length === 0) {
      this.#problem.textContent = 'Add a picture of the face.'
      return
    }
    this.#save.disabled = true
    try {
      const person = await this.#kiosk.matcher.persons.create({
        name,
        images: this.#views,
        collections: readChecks(this.#collections),
      })
      this.#dialog.close()
      this.#sources.onEnrolled(person)
    } catch (error) {
      this.#showProblem(error)
    } finally {
      this.#save.disabled = false
    }
  }

  #showProblem(error: unknown): void {
    const { title, text } = describeError(error)
    const which = isVisavisError(error) && error.picture !== undefined ? `Picture ${error.picture}: ` : ''
    this.#problem.textContent = `${which}${title}. ${text}`
  }
}
