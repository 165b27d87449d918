import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { keptRows } from './support/kept-rows.ts'
import { launch } from './support/kiosk.ts'
import { answer, choosePicture, enroll, look, names, violations } from './support/kiosk-page.ts'
import { setUpKiosk } from './support/kiosk-setup.ts'
import { photoPath } from './support/photo-node.ts'

/** Where the browser keeps the graph that leads to the people. */
const graph = ['visavis-kiosk (snapshot)', 'snapshots'] as const

const setup = setUpKiosk({ camera: look('Ada', { size: 480, pixels: 480 }) })

describe('the kiosk', () => {
  it('recognizes whom it has enrolled, after a reload, without network and server, until they are deleted', async () => {
    const kiosk = await setup.open()
    let { page } = kiosk
    await enroll(page, 'Ada')
    await enroll(page, 'Bea')
    await choosePicture(page, look('Ada', { mirror: true, gain: 0.8, size: 430, pixels: 200 }))
    expect(await answer(page)).toBe('Ada')
    await page.getByText('Works offline').waitFor()

    await page.reload()
    await choosePicture(page, look('Bea', { mirror: true, size: 400, pixels: 160 }))
    expect(await answer(page)).toBe('Bea')

    await kiosk.context.setOffline(true)
    await kiosk.stopServer()
    await page.reload()
    await page.getByText('Offline', { exact: true }).waitFor()
    await choosePicture(page, look('Ada', { mirror: true, gain: 0.9, size: 410 }))
    expect(await answer(page)).toBe('Ada')
    expect(await names(page)).toEqual(['Ada', 'Bea'])

    // As after a power cut: the page is opened anew.
    await page.close()
    page = await kiosk.newPage()
    await choosePicture(page, look('Bea', { size: 420, pixels: 180 }))
    expect(await answer(page)).toBe('Bea')
    await page.getByRole('button', { name: 'Delete Bea' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByText('Bea was deleted.').waitFor()
    expect(await answer(page, 'Not recognized')).toBe('Not recognized')
    expect(await names(page)).toEqual(['Ada'])
    await choosePicture(page, look('Ada'))
    expect(await answer(page)).toBe('Ada')
    expect(kiosk.complaints).toEqual([])
  })

  it('names whom the camera sees, and lets the camera go when nobody looks', async () => {
    const kiosk = await setup.open({ context: await setup.browser.newContext({ permissions: ['camera'] }) })
    const { page } = kiosk
    await page.getByRole('button', { name: 'Start the camera' }).click()
    expect(await answer(page, 'Not recognized')).toBe('Not recognized')
    await page.getByRole('button', { name: 'Enroll this face' }).click()
    await page.getByRole('button', { name: 'Add a view from the camera' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada')
    expect(await page.getByLabel('Pictures of this person').locator('canvas:visible').count()).toBe(2)
    await page.getByRole('button', { name: 'Enroll', exact: true }).click()
    expect(await answer(page, 'Ada')).toBe('Ada')
    await page
      .locator('.box.match')
      .getByText(/^Ada \d\.\d\d$/)
      .waitFor()
    // The frames are 640 pixels wide, and her face is in the middle of them.
    const [box, stage] = await Promise.all([page.locator('.box').boundingBox(), page.locator('#stage').boundingBox()])
    const middle = (box?.x ?? 0) + (box?.width ?? 0) / 2 - (stage?.x ?? 0)
    expect(middle / (stage?.width ?? 1)).toBeCloseTo(0.5, 1)

    const stream = (): Promise<boolean> => page.evaluate(() => document.querySelector('video')?.srcObject !== null)
    await setHidden(page, true)
    await page.getByText('The camera is off').waitFor()
    expect(await stream()).toBe(false)
    await setHidden(page, false)
    expect(await answer(page, 'Ada')).toBe('Ada')
    expect(await stream()).toBe(true)

    // As after a power cut: nobody is there to start it.
    await page.reload()
    expect(await answer(page, 'Ada')).toBe('Ada')
    expect(kiosk.complaints).toEqual([])
  })

  it('looks at every face of a photograph, and enrolls the one that is chosen', async () => {
    const kiosk = await setup.open()
    const { page } = kiosk
    await page.locator('#watch-bar:not([inert])').waitFor()
    await page.getByRole('radio', { name: 'Picture' }).check()
    await page.locator('#picture-file').setInputFiles(photoPath(6))
    await page
      .getByRole('button', { name: /^Face \d of 4/ })
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Face 3 of 4' }).click()
    await page.getByRole('button', { name: 'Enroll this face' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Third')
    await page.getByRole('button', { name: 'Enroll', exact: true }).click()
    // The picture is looked at again, with whom is known now.
    await page.getByRole('button', { name: /^Face 3 of 4: Third \d/ }).waitFor()
    expect(await page.locator('.box.match').count()).toBe(1)
    expect(kiosk.complaints).toEqual([])
  })

  it('searches in the collection and as sure as it is told to, and finds and changes people', async () => {
    const kiosk = await setup.open()
    const { page } = kiosk
    await page.getByRole('tab', { name: 'Collections' }).click()
    for (const name of ['Staff', 'Guests']) {
      await page.getByLabel('New collection').fill(name)
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByText(`The collection ${name} was added.`).waitFor()
    }
    await enroll(page, 'Ada', 'Staff')
    await page.getByRole('listitem').filter({ hasText: 'Staff' }).getByText('1 person').waitFor()
    await choosePicture(page, look('Ada', { mirror: true, size: 420 }))
    expect(await answer(page)).toBe('Ada')
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByLabel('Look for').selectOption('Guests')
    expect(await answer(page, 'Not recognized')).toBe('Not recognized')
    await page.getByLabel('Look for').selectOption('Staff')
    expect(await answer(page, 'Ada')).toBe('Ada')
    await page.getByRole('radio', { name: /^Accurate/ }).check()
    expect(await answer(page, 'Ada')).toBe('Ada')

    const meaning = page.locator('#threshold-meaning')
    const slider = page.getByRole('slider', { name: 'How sure to be' })
    await slider.fill('0.7')
    expect(await meaning.textContent()).toBe('One stranger in 10,000 is taken for a given person.')
    await slider.fill('0.5')
    expect(await meaning.textContent()).toBe('One stranger in 100 is taken for a given person.')
    await slider.press('ArrowRight')
    expect(await page.locator('#threshold-value').textContent()).toBe('0.51')

    // The collection goes, her place in it, too, and the search is among everybody again.
    await page.getByRole('tab', { name: 'Collections' }).click()
    await page.getByRole('button', { name: 'Delete the collection Staff' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('tab', { name: 'Settings' }).click()
    await page.getByLabel('Look for').locator('option:checked', { hasText: 'Everybody' }).waitFor({ state: 'attached' })
    expect(await answer(page, 'Ada')).toBe('Ada')
    await enroll(page, 'Bea')
    await page.getByRole('tab', { name: 'People' }).click()
    const search = page.getByLabel('Find people by name')
    await search.fill('BÉ')
    await page.getByRole('button', { name: 'Delete Ada' }).waitFor({ state: 'detached' })
    expect(await names(page)).toEqual(['Bea'])
    await search.fill('nobody')
    await page.getByText('Nobody here has that name.').waitFor()
    await search.fill('')
    await page.getByRole('button', { name: 'Change Ada' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada Quiroga')
    await page.getByRole('checkbox', { name: 'Guests' }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Delete Ada Quiroga' }).waitFor()
    await page.getByLabel('Of which collection').selectOption('Guests')
    await page.getByRole('button', { name: 'Delete Bea' }).waitFor({ state: 'detached' })
    expect(await names(page)).toEqual(['Ada Quiroga'])

    // Settings last.
    await page.reload()
    await page.getByRole('tab', { name: 'Settings' }).click()
    expect(await page.locator('#threshold-value').textContent()).toBe('0.51')
    expect(kiosk.complaints).toEqual([])
  })

  it('finds people along a graph where it is told to, which is kept for the next start', async () => {
    const kiosk = await setup.open()
    const { page } = kiosk
    await page.getByRole('tab', { name: 'Settings' }).click()
    const index = page.getByLabel('How enrolled people are searched')
    expect(
      await index.locator('option').evaluateAll((options) => options.map((one) => one.getAttribute('value'))),
    ).toEqual(['auto', 'packed', 'usearch'])
    await Promise.all([page.waitForEvent('load'), index.selectOption('usearch')])
    await enroll(page, 'Ada')
    await page.waitForFunction(keptRows, graph)
    await page.reload()
    await choosePicture(page, look('Ada', { mirror: true, gain: 0.8, size: 430, pixels: 200 }))
    expect(await answer(page)).toBe('Ada')
    await page.getByRole('tab', { name: 'Settings' }).click()
    expect(await index.inputValue()).toBe('usearch')

    // Whoever searches otherwise has no use for it.
    await Promise.all([page.waitForEvent('load'), index.selectOption('packed')])
    await choosePicture(page, look('Ada', { mirror: true }))
    expect(await answer(page)).toBe('Ada')
    expect(await page.evaluate(keptRows, graph)).toBeNull()
    expect(kiosk.complaints).toEqual([])
  })

  it('says that the camera is not allowed, and what is wrong with a picture', async () => {
    const kiosk = await setup.open()
    const { page } = kiosk
    await page.getByRole('button', { name: 'Start the camera' }).click()
    await page.getByText('The camera is not allowed').waitFor()
    const wall = { width: 200, height: 200, data: new Uint8ClampedArray(160_000).fill(190) }
    await choosePicture(page, wall)
    expect(await answer(page, 'No face found')).toBe('No face found')
    await page
      .locator('#picture-file')
      .setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no') })
    await page.getByText('Not a picture').waitFor()
    await choosePicture(page, look('Ada', { gain: 0.09 }))
    expect(await answer(page, 'Not recognized')).toBe('Not recognized')
    await page.getByRole('button', { name: 'Enroll this face' }).click()
    await page.getByRole('button', { name: 'Enroll', exact: true }).click()
    await page.getByText('Give the person a name.').waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada')
    await page.getByRole('button', { name: 'Enroll', exact: true }).click()
    await page.getByText('More light on the face.').waitFor()
    await page.locator('#enroll-file').setInputFiles(photoPath(6))
    await page.getByText('Use a picture that shows one person.').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await names(page)).toEqual([])
    expect(kiosk.complaints).toEqual([])
  })

  it('says that there is no camera', async () => {
    const withoutCamera = await launch()
    try {
      const kiosk = await setup.open({ context: await withoutCamera.newContext({ permissions: ['camera'] }) })
      await kiosk.page.getByRole('button', { name: 'Start the camera' }).click()
      await kiosk.page.getByText('No camera found').waitFor()
      expect(kiosk.complaints).toEqual([])
    } finally {
      await withoutCamera.close()
    }
  })

  it('can be used by everybody: in light and dark, by keyboard, and on a small phone', async () => {
    const kiosk = await setup.open({ context: await setup.browser.newContext({ reducedMotion: 'reduce' }) })
    const { page } = kiosk
    const tabpanel = (name: string): Promise<boolean> => page.getByRole('tabpanel', { name }).isVisible()
    expect(await violations(page)).toEqual([])
    await choosePicture(page, look('Ada'))
    await page.getByRole('button', { name: 'Enroll this face' }).click()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await enroll(page, 'Ada')
    expect(await answer(page, 'Ada')).toBe('Ada')
    expect(await violations(page)).toEqual([])
    await page.getByRole('tab', { name: 'People' }).focus()
    for (const [key, panel] of [
      ['ArrowRight', 'Collections'],
      ['ArrowRight', 'Settings'],
      ['End', 'Cloud'],
      ['ArrowRight', 'People'],
    ] as const) {
      await page.keyboard.press(key)
      expect(await tabpanel(panel)).toBe(true)
      expect(await violations(page)).toEqual([])
    }
    await page.setViewportSize({ width: 340, height: 700 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(340)
    expect(kiosk.complaints).toEqual([])
  })
})

/** Makes the page think that its tab is in the background. */
function setHidden(page: Page, hidden: boolean): Promise<void> {
  return page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
}
