import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildKiosk, kioskSources, serveKiosk } from './support/kiosk.ts'
import { answer, choosePicture, enroll, look, names } from './support/kiosk-page.ts'
import { setUpKiosk } from './support/kiosk-setup.ts'

const setup = setUpKiosk()

describe('the kiosk', () => {
  it('recognizes people in a second tab, and changes them there when the first is closed', async () => {
    const kiosk = await setup.open()
    await enroll(kiosk.page, 'Ada')
    const second = await kiosk.newPage()
    await second.getByText('The kiosk is open in another tab, too.').waitFor()
    await choosePicture(second, look('Ada', { mirror: true }))
    expect(await answer(second)).toBe('Ada')

    // What is changed in the first tab is known in the second at once; there nothing can be changed.
    await enroll(kiosk.page, 'Bea')
    await second.getByRole('button', { name: 'Delete Bea' }).waitFor()
    await choosePicture(second, look('Cleo'))
    await second.getByRole('button', { name: 'Enroll this face' }).click()
    await second.getByRole('textbox', { name: 'Name' }).fill('Cleo')
    await second.getByRole('button', { name: 'Enroll', exact: true }).click()
    await second.locator('#enroll-problem', { hasText: 'Open somewhere else.' }).waitFor()

    await kiosk.page.close()
    await second.getByText('The kiosk is open in another tab, too.').waitFor({ state: 'hidden' })
    await second.getByRole('button', { name: 'Enroll', exact: true }).click()
    await second.getByText('Cleo was enrolled.').waitFor()
    expect(await answer(second, 'Cleo')).toBe('Cleo')
    expect(kiosk.complaints).toEqual([])
  })

  it('enrolls nobody by halves where the browser gives no more room', async () => {
    const kiosk = await setup.open()
    const { page } = kiosk
    await page.getByText('Works offline').waitFor()
    const devtools = await kiosk.context.newCDPSession(page)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1000 })
    await choosePicture(page, look('Ada'))
    await page.getByRole('button', { name: 'Enroll this face' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada')
    await page.getByRole('button', { name: 'Enroll', exact: true }).click()
    await page.getByText('No room left.').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await names(page)).toEqual([])
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin })
    await page.reload()
    expect(await names(page)).toEqual([])
    await enroll(page, 'Ada')
    expect(await names(page)).toEqual(['Ada'])
  })

  it('says so where the browser may keep nothing, and recognizes people all the same as long as it is open', async () => {
    const profile = path.join(setup.folder, 'profile/Default')
    await mkdir(profile, { recursive: true })
    // As when the user blocks all cookies and site data.
    const settings = { profile: { default_content_setting_values: { cookies: 2 } } }
    await writeFile(path.join(profile, 'Preferences'), JSON.stringify(settings))
    const kiosk = await setup.open({ context: await setup.launchProfile('profile') })
    const { page } = kiosk
    await page.getByText('This browser keeps nothing').waitFor()
    await page.getByRole('button', { name: 'Go on without keeping people' }).click()
    await enroll(page, 'Ada')
    await choosePicture(page, look('Ada', { mirror: true }))
    expect(await answer(page, 'Ada')).toBe('Ada')
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByText('people are forgotten when this page is closed').waitFor()
    expect(kiosk.complaints).toEqual([])
  })

  it('gets a new version in the background, which takes over when told to and has the same people', async () => {
    const served = path.join(setup.folder, 'served')
    await cp(setup.root, served, { recursive: true })
    const kiosk = await setup.open({ root: served })
    const { page } = kiosk
    await enroll(page, 'Ada')
    await page.getByText('Works offline').waitFor()

    const changed = path.join(setup.folder, 'changed')
    await cp(kioskSources, changed, { recursive: true, filter: (file) => !/node_modules|dist$/.test(file) })
    await symlink(path.join(kioskSources, 'node_modules'), path.join(changed, 'node_modules'))
    // Theirs extends one that is not beside the copy.
    for (const part of ['', 'service-worker']) await writeFile(path.join(changed, part, 'tsconfig.json'), '{}')
    const html = path.join(changed, 'index.html')
    await writeFile(html, (await readFile(html, 'utf8')).replace('<title>visavis kiosk', '<title>Another version'))
    await rm(served, { recursive: true })
    await buildKiosk(changed, served)

    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
    await page.getByText('A new version of this kiosk is ready.').waitFor()
    expect(await page.title()).toBe('visavis kiosk')
    await page.getByRole('button', { name: 'Use it now' }).click()
    await page.waitForFunction(() => document.title === 'Another version')
    await page.getByRole('button', { name: 'Delete Ada' }).waitFor()
    expect(await page.evaluate(() => caches.keys())).toHaveLength(1)
    expect(kiosk.complaints).toEqual([])
  })

  it('keeps no version of which a file is not what it should be', async () => {
    const served = path.join(setup.folder, 'broken')
    await cp(setup.root, served, { recursive: true })
    // What a captive portal or a half-copied site sends.
    await writeFile(path.join(served, 'icons/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    const kiosk = await setup.open({ root: served })
    const { page } = kiosk
    const end = await page.evaluate(async () => {
      const { installing, waiting, active } = await navigator.serviceWorker.register('./service-worker.js')
      const worker = (installing ?? waiting ?? active) as ServiceWorker
      return new Promise((resolve) => {
        const check = (): void => {
          if (worker.state === 'redundant' || worker.state === 'activated') resolve(worker.state)
        }
        worker.addEventListener('statechange', check)
        check()
      })
    })
    expect(end).toBe('redundant')
    expect(await page.getByText('Works offline').isVisible()).toBe(false)
    await choosePicture(page, look('Ada'))
    expect(await answer(page)).toBe('Not recognized')
  })
})

describe('the server of the kiosk', () => {
  it('sends files with their type, a policy, and how long they keep, and nothing from outside its folder', async () => {
    const root = path.join(setup.folder, 'root')
    await mkdir(path.join(root, 'assets'), { recursive: true })
    await writeFile(path.join(root, 'index.html'), '<!doctype html>')
    await writeFile(path.join(root, 'assets/a.wasm'), 'wasm')
    await writeFile(path.join(setup.folder, 'secret.txt'), 'secret')
    const server = await serveKiosk(root)
    try {
      const get = (file: string): Promise<{ status?: number; headers: Record<string, unknown> }> => ask(server, file)
      const page = await get('/')
      expect(page.status).toBe(200)
      expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
      expect(page.headers['content-security-policy']).toContain("default-src 'none'")
      const asset = await get('/assets/a.wasm?x')
      expect(asset.headers).toMatchObject({ 'content-type': 'application/wasm' })
      expect(asset.headers['cache-control']).toContain('immutable')
      for (const file of [
        '/../secret.txt',
        '/%2e%2e/secret.txt',
        '/..%2fsecret.txt',
        '/%00',
        '/%',
        '/assets',
        '/none',
      ]) {
        expect((await get(file)).status).toBe(404)
      }
    } finally {
      server.close()
    }
  })
})

/** Asks with a path as it is, where `fetch` would tidy it. */
async function ask(server: Server, file: string): Promise<{ status?: number; headers: Record<string, unknown> }> {
  const { port } = server.address() as AddressInfo
  const asking = request({ host: 'localhost', port, path: file }).end()
  const [response] = (await once(asking, 'response')) as [import('node:http').IncomingMessage]
  response.resume()
  await once(response, 'end')
  return { ...(response.statusCode === undefined ? {} : { status: response.statusCode }), headers: response.headers }
}
