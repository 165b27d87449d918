import type { Page } from 'playwright'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { faceFile } from './support/face-file.ts'
import { cloudToken, createCloud, type KioskCloud } from './support/kiosk-cloud.ts'
import { answer, choosePicture, look, names, violations } from './support/kiosk-page.ts'
import { setUpKiosk } from './support/kiosk-setup.ts'

const setup = setUpKiosk({ camera: look('Ada', { size: 480, pixels: 480 }), withCloud: true })

const wall = await sharp({ create: { width: 100, height: 100, channels: 3, background: '#bbb' } })
  .jpeg()
  .toBuffer()

/** Three people whose faces are there, one without a picture, and one whose picture shows no face. */
async function cloudFor(page: Page): Promise<KioskCloud> {
  const people = {
    Ada: await faceFile('Ada'),
    Bea: await faceFile('Bea'),
    Cleo: await faceFile('Cleo'),
    Dora: undefined,
    Wally: wall,
  }
  return createCloud({ port: setup.cloud.port, origin: new URL(page.url()).origin, people })
}

async function enterToken(page: Page): Promise<void> {
  await page.locator('#side:not([inert])').waitFor()
  await page.getByRole('tab', { name: 'Cloud' }).click()
  await page.getByRole('checkbox', { name: /^Keep it on this device/ }).check()
  await page.getByLabel('Access token').fill(cloudToken)
  await page.getByLabel('Access token').press('Tab')
}

it('copies a collection, knows its people when all is unplugged, and follows it when the network is back', async () => {
  const profile = (): ReturnType<typeof setup.launchProfile> => setup.launchProfile('gate')
  const kiosk = await setup.open({ context: await profile() })
  let { page } = kiosk
  await using cloud = await cloudFor(page)
  await cloud.listen()
  await page.getByRole('button', { name: 'Start the camera' }).click()
  await enterToken(page)
  await page
    .getByLabel('Collection of the cloud')
    .locator('option', { hasText: 'Staff · 5 people' })
    .waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'See what would change' }).click()
  await page.getByText('The cloud has 5 people. 5 would be added.', { exact: true }).waitFor()
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')
  expect(await names(page)).toEqual([])

  await page.getByRole('button', { name: 'Copy to this device' }).click()
  await page.getByText('Copied 5 people. 5 added.', { exact: true }).waitFor()
  const unrecognized = page.locator('#sync-problems li')
  expect(await unrecognized.allInnerTexts()).toEqual([
    'Dora\nThe cloud has no picture of them.',
    'Wally\nTheir picture shows no face.',
  ])
  await page.getByRole('listitem').filter({ hasText: '5 people · as of just now.' }).waitFor()
  expect(await answer(page, 'Ada')).toBe('Ada')
  await page.getByText('Works offline').waitFor()

  await cloud.close()
  await kiosk.stopServer()
  page = await kiosk.restart(profile, { offline: true })
  expect(await answer(page, 'Ada')).toBe('Ada')
  expect(await names(page)).toEqual(['Ada', 'Bea', 'Cleo', 'Dora', 'Wally'])
  await page.getByRole('tab', { name: 'Cloud' }).click()
  await page.getByText('There is no network; copying goes on when it is back.').waitFor()

  await cloud.matcher.persons.delete(cloud.idOf('Ada'))
  await cloud.listen()
  await kiosk.context.setOffline(false)
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')
  await page.locator('#people-list', { hasNotText: 'Ada' }).waitFor({ state: 'attached' })
  expect(await names(page)).toEqual(['Bea', 'Cleo', 'Dora', 'Wally'])
  await page.getByRole('listitem').filter({ hasText: '4 people · as of just now.' }).waitFor()

  for (const name of ['Bea', 'Cleo', 'Dora']) await cloud.matcher.persons.delete(cloud.idOf(name))
  await page.getByRole('button', { name: 'Copy Staff now' }).click()
  await page
    .getByText(
      'Copied 1 person. Nothing has changed. 3 people are gone from the cloud, more than one copy removes: all stay.',
    )
    .first()
    .waitFor()
  expect(await names(page)).toEqual(['Bea', 'Cleo', 'Dora', 'Wally'])
  await page.getByRole('button', { name: 'Remove them all the same' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.locator('#people-list', { hasNotText: 'Bea' }).waitFor({ state: 'attached' })
  expect(await names(page)).toEqual(['Wally'])
  // The browser itself tells of each answer that is a refusal, such as that somebody is gone.
  expect(kiosk.complaints.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([])
})

it('says why it cannot copy, recognizes people while it does, and goes on where it was stopped or closed', async () => {
  const kiosk = await setup.open()
  let { page } = kiosk
  await using cloud = await cloudFor(page)
  await enterToken(page)
  await page.getByText('The cloud was of no help: it cannot be reached.').waitFor()
  await cloud.listen()
  let release = cloud.hold()
  await page.getByRole('button', { name: 'Look again' }).click()
  await page.getByRole('button', { name: 'Copy to this device' }).click()
  const bar = page.getByRole('progressbar', { name: 'Copying Staff' })
  await bar.waitFor()
  await choosePicture(page, look('Ada'))
  expect(await answer(page)).toBe('Not recognized')
  expect(await violations(page)).toEqual([])
  await page.getByText(/[1-3] of 5 people/).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Copying Staff was stopped. What was read is kept for the next time.').waitFor()
  await page.getByText('Not copied yet.').waitFor()
  release()

  release = cloud.hold()
  await page.getByRole('button', { name: 'Copy Staff now' }).click()
  await bar.waitFor()
  await page.close()
  release()
  page = await kiosk.newPage()
  await page.getByRole('tab', { name: 'Cloud' }).click()
  await page.getByRole('listitem').filter({ hasText: '5 people · as of just now.' }).waitFor()
  await page.getByText(/5 added\. \d (person|people) had been read before it was interrupted\./).waitFor()
  await choosePicture(page, look('Ada'))
  expect(await answer(page)).toBe('Ada')

  await cloud.close()
  await page.getByRole('button', { name: 'Copy Staff now' }).click()
  await page.getByText('The cloud was of no help: it cannot be reached. Next try in 1 minute.').waitFor()
  await choosePicture(page, look('Bea'))
  expect(await answer(page)).toBe('Bea')

  const second = await kiosk.newPage()
  await second.getByRole('tab', { name: 'Cloud' }).click()
  await second.getByText('The kiosk is open in another tab, too; collections are copied there.').waitFor()
  expect(await second.getByRole('button', { name: 'Copy to this device' }).isEnabled()).toBe(false)
  await choosePicture(second, look('Bea'))
  expect(await answer(second)).toBe('Bea')
  await second.setViewportSize({ width: 340, height: 700 })
  expect(await violations(second)).toEqual([])
  expect(await second.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(340)

  await page.getByRole('button', { name: 'Remove the copy of Staff' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('The copy of Staff was removed.').waitFor()
  expect(await answer(page, 'Not recognized')).toBe('Not recognized')
  expect(await answer(second, 'Not recognized')).toBe('Not recognized')
  await page.locator('#people-list:empty').waitFor({ state: 'attached' })
})
