import { element } from './element.ts'
import type { Words } from './words.ts'

/** Asks before something is done that cannot be taken back. */
export function confirm({ title, text }: Words, yes: string): Promise<boolean> {
  const dialog = element('confirm-dialog', HTMLDialogElement)
  element('confirm-title', HTMLElement).textContent = title
  element('confirm-text', HTMLElement).textContent = text
  element('confirm-yes', HTMLButtonElement).textContent = yes
  dialog.returnValue = ''
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
    dialog.showModal()
  })
}
