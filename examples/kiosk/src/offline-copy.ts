import { element } from './element.ts'

/** How often to ask for a new version, milliseconds: a kiosk's page is seldom loaded anew. */
const hour = 3_600_000
/** How long to wait for a new version to take over before the page starts with the old one, milliseconds. */
const patience = 3000

/**
 * Loads the page anew where another version takes over: it has the files of other code. Call it before everything else.
 */
export function followVersions(): void {
  const { serviceWorker } = navigator
  if (serviceWorker === undefined) return
  // The first version of all has just the page's own files.
  let controlled = serviceWorker.controller !== null
  serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) location.reload()
    controlled = true
  })
}

/** Lets a version that was downloaded before take over first; resolves where there is none. */
export async function startNewestVersion(): Promise<void> {
  const { serviceWorker } = navigator
  if (serviceWorker === undefined) return
  const registration = await serviceWorker.getRegistration().catch(() => undefined)
  if (registration?.waiting == null || serviceWorker.controller === null) return
  takeOver(registration.waiting)
  await new Promise((resolve) => {
    setTimeout(resolve, patience)
  })
}

/**
 * Keeps a copy of the whole app in the browser, by the service worker. A new version is downloaded in the background
 * and waits; it takes over when the user agrees, or when the page is opened the next time.
 */
export async function keepOfflineCopy(): Promise<void> {
  const { serviceWorker } = navigator
  // The development server has no service worker.
  if (!import.meta.env.PROD || serviceWorker === undefined) return
  // Refused where the site may keep no data; the kiosk then works as long as it is open.
  const registration = await serviceWorker
    .register('./service-worker.js', { updateViaCache: 'none' })
    .catch(() => undefined)
  if (registration === undefined) return
  if (registration.waiting !== null && registration.active !== null) offer(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const { installing } = registration
    installing?.addEventListener('statechange', () => {
      // The first version of all takes over by itself.
      if (installing.state === 'installed' && registration.active !== null) offer(installing)
    })
  })
  setInterval(() => {
    // Without a network there is nothing to find.
    registration.update().catch(() => undefined)
  }, hour)
  await serviceWorker.ready
  element('offline-ready', HTMLElement).hidden = false
}

/** Offers a new version, which takes over when the user agrees. */
function offer(waiting: ServiceWorker): void {
  element('update', HTMLElement).hidden = false
  element('update-now', HTMLButtonElement).addEventListener('click', () => takeOver(waiting), { once: true })
}

function takeOver(waiting: ServiceWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's takes one
  waiting.postMessage('take over')
}
