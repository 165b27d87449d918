import type { Collection } from '@visavis/core'
import { confirm } from './confirm-dialog.ts'
import { element } from './element.ts'
import type { Kiosk } from './kiosk.ts'
import { createRow } from './row.ts'
import { countPeople } from './sync-words.ts'
import { showToast } from './toast.ts'
import { describeError } from './words.ts'

/** The collections: how many people each has, new ones, and deleting them. */
export class CollectionsPanel {
  readonly #kiosk: Kiosk
  readonly #list: HTMLElement = element('collection-list', HTMLElement)
  readonly #name: HTMLInputElement = element('collection-name', HTMLInputElement)

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk
  }

  connect(): void {
    element('collection-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#add()
    })
    this.#kiosk.on('people', () => void this.#refresh())
    void this.#refresh()
  }

  async #refresh(): Promise<void> {
    try {
      const collections = await this.#kiosk.matcher.collections.list()
      this.#list.replaceChildren(...collections.map((collection) => this.#row(collection)))
      this.#list.hidden = collections.length === 0
    } catch (error) {
      showToast(describeError(error))
    }
  }

  #row({ id, name, count }: Collection): HTMLLIElement {
    const label = `Delete the collection ${name}`
    const isCopied = this.#kiosk.settings.copied.some((one) => one.id === id)
    const details = `${countPeople(count ?? 0)}${isCopied ? ' · copied from the cloud' : ''}`
    return createRow({ name, details }, [{ icon: 'delete', label, run: () => void this.#delete(id, name) }])
  }

  async #add(): Promise<void> {
    const name = this.#name.value.trim()
    if (name === '') return
    try {
      await this.#kiosk.matcher.collections.create({ name })
      this.#name.value = ''
      showToast(`The collection ${name} was added.`)
    } catch (error) {
      showToast(describeError(error))
    }
    this.#kiosk.peopleChanged()
  }

  async #delete(id: string, name: string): Promise<void> {
    const { copied } = this.#kiosk.settings
    const others = copied.filter((one) => one.id !== id)
    const isCopied = others.length < copied.length
    const text = `Its people stay enrolled.${isCopied ? ' It is copied from the cloud no more.' : ''}`
    if (!(await confirm({ title: `Delete the collection ${name}?`, text }, 'Delete'))) return
    try {
      await this.#kiosk.matcher.collections.delete(id)
      if (isCopied) this.#kiosk.set({ copied: others })
      if (this.#kiosk.settings.collectionId === id) this.#kiosk.set({ collectionId: null })
    } catch (error) {
      showToast(describeError(error))
    }
    this.#kiosk.peopleChanged()
    this.#name.focus()
  }
}
