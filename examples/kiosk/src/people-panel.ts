import type { Person } from '@visavis/core'
import { fillChoice } from './collection-checks.ts'
import { confirm } from './confirm-dialog.ts'
import { element } from './element.ts'
import { noPicture, thumbnailPicture } from './face-picture.ts'
import type { Kiosk } from './kiosk.ts'
import { PersonDialog } from './person-dialog.ts'
import { createRow } from './row.ts'
import { showToast } from './toast.ts'
import { describeError } from './words.ts'

const pageSize = 20

/** All enrolled people, to be found by name, changed and deleted. */
export class PeoplePanel {
  readonly #kiosk: Kiosk
  readonly #dialog: PersonDialog
  readonly #search: HTMLInputElement = element('people-search', HTMLInputElement)
  readonly #collection: HTMLSelectElement = element('people-collection', HTMLSelectElement)
  readonly #list: HTMLElement = element('people-list', HTMLElement)
  readonly #empty: HTMLElement = element('people-empty', HTMLElement)
  readonly #more: HTMLButtonElement = element('people-more', HTMLButtonElement)
  #pages = 1
  #latest: symbol | undefined

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk
    this.#dialog = new PersonDialog(kiosk)
  }

  connect(): void {
    const again = (): void => {
      this.#pages = 1
      void this.#refresh()
    }
    this.#search.addEventListener('input', again)
    this.#collection.addEventListener('change', again)
    this.#more.addEventListener('click', () => {
      this.#pages++
      void this.#refresh()
    })
    this.#kiosk.on('people', () => void this.#refresh())
    void this.#refresh()
  }

  async #refresh(): Promise<void> {
    // Only the answer to the latest query is shown.
    const latest = Symbol('refresh')
    this.#latest = latest
    try {
      const { persons, collections } = this.#kiosk.matcher
      const all = await collections.list()
      const collectionId = all.find(({ id }) => id === this.#collection.value)?.id
      const name = this.#search.value.trim()
      const people: Person[] = []
      let total = 0
      for (let page = 1; page <= this.#pages; page++) {
        const found = await persons.list({
          page,
          limit: pageSize,
          ...(name === '' ? {} : { name }),
          ...(collectionId === undefined ? {} : { collectionId }),
        })
        people.push(...found.persons)
        total = found.total
      }
      if (this.#latest !== latest) return
      fillChoice(this.#collection, all, 'Everybody', collectionId ?? null)
      this.#collection.hidden = all.length === 0
      this.#list.replaceChildren(...people.map((person) => this.#row(person)))
      this.#more.hidden = people.length >= total
      this.#empty.hidden = total > 0
      this.#empty.textContent =
        name === '' && collectionId === undefined
          ? 'Nobody is enrolled yet. Show a face to the camera or choose a picture, then enroll it.'
          : 'Nobody here has that name.'
    } catch (error) {
      showToast(describeError(error))
    }
  }

  #row(person: Person): HTMLLIElement {
    const [thumbnail] = person.thumbnails
    const name = person.name ?? 'No name'
    const since = new Date(person.createdAt).toLocaleDateString('en', { dateStyle: 'medium' })
    const details = person.collections.map((collection) => collection.name).join(', ') || `Since ${since}`
    const picture = thumbnail === undefined ? noPicture() : thumbnailPicture(thumbnail.image)
    return createRow({ name, details, picture }, [
      { icon: 'change', label: `Change ${name}`, run: () => void this.#dialog.open(person) },
      { icon: 'delete', label: `Delete ${name}`, run: () => void this.#delete(person.id, name) },
    ])
  }

  async #delete(id: string, name: string): Promise<void> {
    const removed =
      'Their name, pictures and face template are removed from this device, and they are not recognized any more.'
    const isCopied = await this.#kiosk.isCopied(id).catch(() => false)
    const text = isCopied
      ? `${removed} The next copy of the cloud brings them back, unless they are deleted there.`
      : removed
    if (!(await confirm({ title: `Delete ${name}?`, text }, 'Delete'))) return
    try {
      await this.#kiosk.matcher.persons.delete(id)
      showToast(`${name} was deleted.`)
    } catch (error) {
      showToast(describeError(error))
    }
    this.#kiosk.peopleChanged()
    this.#search.focus()
  }
}
