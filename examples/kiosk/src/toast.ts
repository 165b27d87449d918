import { create, element } from './element.ts'
import type { Words } from './words.ts'

/** How long a message stays, milliseconds. */
const stay = 6000

/** Says something at the edge of the page for a while, also to screen readers. */
export function showToast(message: string | Words): void {
  const text = typeof message === 'string' ? message : `${message.title}. ${message.text}`
  const toast = create('p', { className: 'toast', textContent: text })
  // Only the latest: an earlier message has been read, or is out of date.
  element('toasts', HTMLElement).replaceChildren(toast)
  setTimeout(() => toast.remove(), stay)
}
