import { element } from './element.ts'

/** Says whether there is a network; recognition needs none. */
export function connectConnectionBadge(): void {
  const badge = element('connection', HTMLElement)
  const show = (): void => {
    badge.textContent = navigator.onLine ? 'Online' : 'Offline'
    badge.title = navigator.onLine ? '' : 'Recognition goes on working'
    badge.classList.toggle('offline', !navigator.onLine)
  }
  addEventListener('online', show)
  addEventListener('offline', show)
  show()
}
