import { createMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createServer } from '@visavis/server'
import { expect, it } from 'vitest'
import { answer, choosePicture, look } from './support/kiosk-page.ts'
import { setUpKiosk } from './support/kiosk-setup.ts'

const setup = setUpKiosk({ camera: look('Ada', { size: 480, pixels: 480 }), withCloud: true })

it('asks the cloud about faces that nobody here is like, where it is told to, and works without it', async () => {
  await using things = new AsyncDisposableStack()
  const matcher = things.use(await createMatcher({ recognizer: await createRecognizer() }))
  for (const name of ['Ada', 'Cleo']) {
    await matcher.persons.create({ name: `${name} of the cloud`, images: [look(name)] })
  }
  const kiosk = await setup.open({ context: await setup.browser.newContext({ permissions: ['camera'] }) })
  const { page } = kiosk
  const requests: string[] = []
  const server = await createServer({
    matcher,
    tokens: [{ token: 'a-token-that-is-long-enough-to-be-one' }],
    cors: { origins: [new URL(page.url()).origin] },
    log: (entry) => requests.push(JSON.stringify(entry)),
  }).listen({ port: setup.cloud.port })
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
