/**
 * Keeps the app in the browser, whole and of one version, so that it starts without a network. Every file is checked
 * against its hash when it is got: what a captive portal, or a server between two versions, sends instead is not kept.
 */
import type { Precache } from '../build/precache.ts'

declare const self: ServiceWorkerGlobalScope

/** Filled in by the build. */
declare const precache: Precache

const { version, files } = precache
const prefix = 'visavis-kiosk '
const cacheName = prefix + version
const startPage = new URL('./', self.registration.scope).href

self.addEventListener('install', (event) => {
  event.waitUntil(fill())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()))
})

self.addEventListener('message', (event) => {
  if (event.data === 'take over') event.waitUntil(self.skipWaiting())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return
  event.respondWith(answer(request))
})

/** All files or none: a version that is not whole is not installed, and is tried again later. */
async function fill(): Promise<void> {
  const cache = await caches.open(cacheName)
  await Promise.all(
    files.map(async ({ path, integrity, immutable }) => {
      const url = new URL(path, self.registration.scope).href
      // The models, above all, are the same in most versions.
      const kept = immutable ? await caches.match(url) : undefined
      await cache.put(url, kept ?? (await fetch(url, { integrity, cache: immutable ? 'default' : 'no-cache' })))
    }),
  )
}

async function tidy(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((name) => caches.delete(name)),
  )
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const kept = await cache.match(request.mode === 'navigate' ? startPage : request, { ignoreSearch: true })
  return kept ?? fetch(request)
}
