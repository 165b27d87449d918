import type { Collection } from '@visavis/core'
import { create } from './element.ts'

/** Fills a fieldset with a checkbox for each collection; hides it where there are none. */
export function fillChecks(
  fieldset: HTMLFieldSetElement,
  collections: readonly Collection[],
  checked: ReadonlySet<string>,
): void {
  for (const label of fieldset.querySelectorAll('label')) label.remove()
  fieldset.hidden = collections.length === 0
  for (const { id, name } of collections) {
    const box = create('input', { type: 'checkbox', value: id, checked: checked.has(id) })
    fieldset.append(create('label', { className: 'check' }, box, create('span', { textContent: name })))
  }
}

/** The ids of the collections that are checked. */
export function readChecks(fieldset: HTMLFieldSetElement): string[] {
  return [...fieldset.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value)
}

/** Fills a select with all collections after one entry for all people, whose value is empty. */
export function fillChoice(
  select: HTMLSelectElement,
  collections: readonly Collection[],
  everybody: string,
  chosen: string | null,
): void {
  const options = collections.map(({ id, name }) => new Option(name, id, false, id === chosen))
  select.replaceChildren(new Option(everybody, '', false, true), ...options)
  select.value = collections.some(({ id }) => id === chosen) ? (chosen ?? '') : ''
}
