/** Makes a tab list of buttons work with the pointer and the arrow keys. A panel that comes into sight hears `shown`. */
export function connectTabs(list: HTMLElement): void {
  const tabs = [...list.querySelectorAll<HTMLButtonElement>('[role=tab]')]
  const select = (chosen: HTMLButtonElement): void => {
    for (const tab of tabs) {
      const selected = tab === chosen
      tab.setAttribute('aria-selected', String(selected))
      tab.tabIndex = selected ? 0 : -1
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '')
      if (panel === null) continue
      panel.hidden = !selected
      if (selected) panel.dispatchEvent(new Event('shown'))
    }
  }
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => select(tab))
    tab.addEventListener('keydown', ({ key }) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: -1 }[key]
      const next = to === undefined ? undefined : tabs.at(to === tabs.length ? 0 : to)
      if (next === undefined) return
      select(next)
      next.focus()
    })
  }
}
