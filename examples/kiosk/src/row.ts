import { create } from './element.ts'
import { createIcon } from './icon.ts'

export interface RowAction {
  icon: 'again' | 'change' | 'delete'
  /** The action with the person's name: "Delete Ana". */
  label: string
  run: () => void
}

/** An entry of a list: a name, something about it, and what can be done with it. */
export function createRow(
  { name, details, picture }: { name: string; details: string; picture?: Element },
  actions: readonly RowAction[],
): HTMLLIElement {
  const buttons = actions.map(({ icon, label, run }) => {
    const button = create(
      'button',
      { type: 'button', className: 'icon-button', title: label },
      createIcon(icon, 'icon'),
    )
    button.setAttribute('aria-label', label)
    button.addEventListener('click', run)
    return button
  })
  const words = create(
    'div',
    { className: 'row-words' },
    create('b', { textContent: name }),
    create('small', { textContent: details }),
  )
  const parts = [words, create('div', { className: 'row-actions' }, ...buttons)]
  return create('li', {}, ...(picture === undefined ? parts : [picture, ...parts]))
}
