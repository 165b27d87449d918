import type { Person } from '@visavis/core'
import { fillChecks, readChecks } from './collection-checks.ts'
import { create, element } from './element.ts'
import { thumbnailPicture } from './face-picture.ts'
import type { Kiosk } from './kiosk.ts'
import { describeError } from './words.ts'

/** Changes the name and the collections of an enrolled person. */
export class PersonDialog {
  readonly #kiosk: Kiosk
  readonly #dialog: HTMLDialogElement = element('person-dialog', HTMLDialogElement)
  readonly #name: HTMLInputElement = element('person-name', HTMLInputElement)
  readonly #problem: HTMLElement = element('person-problem', HTMLElement)
  readonly #collections: HTMLFieldSetElement = element('person-collections', HTMLFieldSetElement)
  #person: Person | undefined

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk
    element('person-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#save()
    })
    element('person-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close())
  }

  async open(person: Person): Promise<void> {
    this.#person = person
    const collections = await this.#kiosk.matcher.collections.list()
    fillChecks(this.#collections, collections, new Set(person.collections.map(({ id }) => id)))
    this.#name.value = person.name ?? ''
    this.#problem.textContent = ''
    element('person-copied', HTMLElement).hidden = !(await this.#kiosk.isCopied(person.id))
    const views = person.thumbnails.map(({ image }) => create('li', {}, thumbnailPicture(image)))
    element('person-views', HTMLElement).replaceChildren(...views)
    this.#dialog.showModal()
    this.#name.focus()
  }

  async #save(): Promise<void> {
    const name = this.#name.value.trim()
    if (this.#person === undefined) return
    if (name === '') {
      this.#problem.textContent = 'Give the person a name.'
      this.#name.focus()
      return
    }
    try {
      // Only what was changed here: meanwhile a sync may have changed the other collections.
      const before = this.#person.collections.map(({ id }) => id)
      const chosen = readChecks(this.#collections)
      const join = chosen.filter((id) => !before.includes(id))
      const leave = before.filter((id) => !chosen.includes(id))
      await this.#kiosk.matcher.persons.update(this.#person.id, { name, join, leave })
      this.#dialog.close()
      this.#kiosk.peopleChanged()
    } catch (error) {
      const { title, text } = describeError(error)
      this.#problem.textContent = `${title}. ${text}`
    }
  }
}
