import { createMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createServer } from '@visavis/server'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { writeCameraVideo } from './support/fake-camera.ts'
import { buildKiosk, kioskSources, launch, openKiosk } from './support/kiosk.ts'
import { answer, choosePicture, look } from './support/kiosk-page.ts'

it('asks the cloud about faces that nobody here is like, where it is told to, and works without it', async () => {
  await using things = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(tmpdir(), 'visavis-kiosk-cloud-'))
  things.defer(() => rm(folder, { recursive: true, force: true }))
  const matcher = things.use(await createMatcher({ recognizer: await createRecognizer() }))
  for (const name of ['Ada', 'Cleo']) {
    await matcher.persons.create({ name: `${name} of the cloud`, images: [look(name)] })
  }
  const port = await freePort()
  const cloud = `http://127.0.0.1:${port}`
  const root = path.join(folder, 'kiosk')
  await buildKiosk(kioskSources, root, { VITE_KIOSK_CLOUD: cloud })
  const video = path.join(folder, 'ada.y4m')
  await writeCameraVideo(video, look('Ada', { size: 480, pixels: 480 }))
  const browser = await launch('--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${video}`)
  things.defer(() => browser.close())
  const kiosk = await openKiosk({ context: await browser.newContext({ permissions: ['camera'] }), root, cloud })
  things.defer(() => kiosk.close())
  const { page } = kiosk
  const requests: string[] = []
  const server = await createServer({
    matcher,
    tokens: [{ token: 'a-token-that-is-long-enough-to-be-one' }],
    cors: { origins: [new URL(page.url()).origin] },
    log: (entry) => requests.push(JSON.stringify(entry)),
  }).listen({ port })
  const asked = (): number => requests.filter((entry) => entry.includes('search')).length
  things.defer(() => server.close())
  await choosePicture(page, look('Cleo'))
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')
  expect(asked()).toBe(0)

  await page.getByRole('tab', { name: 'Cloud' }).click()
  await page.getByRole('checkbox', { name: /^Ask the cloud/ }).check()
  const state = page.locator('#cloud-state')
  await state.getByText('It needs a token.').waitFor()
  await page.getByLabel('Access token').fill('another-token-as-long-as-the-right-one')
  await page.getByLabel('Access token').press('Tab')
  await state.getByText('it does not take the token.').waitFor()
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')

  await page.getByLabel('Access token').fill('a-token-that-is-long-enough-to-be-one')
  await page.getByLabel('Access token').press('Tab')
  expect(await answer(page, 'Cleo of the cloud')).toBe('Cleo of the cloud')
  await page.getByText('Not enrolled here; the cloud knows this face.').first().waitFor()
  await choosePicture(page, look('Dora'))
  await state.getByText('The cloud did not know the face.').waitFor()
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')

  // Whoever stays in front of the camera is asked about once.
  const before = asked()
  await page.getByRole('radio', { name: 'Camera' }).check()
  await page.getByRole('button', { name: 'Start the camera' }).click()
  expect(await answer(page, 'Ada of the cloud')).toBe('Ada of the cloud')
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')
  expect(asked()).toBe(before + 1)

  // Whom this device knows is nobody else's business.
  await page.getByRole('button', { name: 'Enroll this face' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada at home')
  await page.getByRole('button', { name: 'Enroll', exact: true }).click()
  expect(await answer(page, 'Ada at home')).toBe('Ada at home')
  await choosePicture(page, look('Ada', { mirror: true }))
  expect(await answer(page, 'Ada at home')).toBe('Ada at home')
  expect(asked()).toBe(before + 1)

  await server.close()
  await choosePicture(page, look('Cleo'))
  await state.getByText('it cannot be reached').waitFor()
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')
})

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
