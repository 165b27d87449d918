import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { keptRows } from './support/kept-rows.ts'
import { buildKiosk, kioskSources } from './support/kiosk.ts'
import { answer, choosePicture, enroll, look, names } from './support/kiosk-page.ts'
import { setUpKiosk } from './support/kiosk-setup.ts'

const models = path.resolve(import.meta.dirname, '../packages/models-faceres/assets')
const setup = setUpKiosk({ models })

describe('a kiosk with several models', () => {
  it('changes the model of the people on it, which then answers without network and server', async () => {
    const kiosk = await setup.open()
    const { page } = kiosk
    await enroll(page, 'Ada')
    expect(await choosableModels(page)).toEqual(['dlib', 'dlib+faceres'])

    // Whoever changes their mind has changed nothing.
    await page.getByLabel('Recognition model').selectOption('dlib+faceres')
    await page.getByText('1 person will be brought over to dlib+faceres from their pictures.').waitFor()
    await page.getByRole('button', { name: 'Keep', exact: true }).click()
    expect(await page.getByLabel('Recognition model').inputValue()).toBe('dlib')

    await changeModel(page)
    await page.getByText('1 person brought over to dlib+faceres.').waitFor()
    const next = 'dlib-resnet-v1+hse-faceres-v1'
    expect(await modelsOfFaces(page)).toEqual([next])
    await page.getByText('Works offline').waitFor()
    await kiosk.context.setOffline(true)
    await kiosk.stopServer()
    await page.reload()
    await choosePicture(page, look('Ada', { mirror: true, gain: 0.8, size: 430, pixels: 200 }))
    expect(await answer(page)).toBe('Ada')
    await choosePicture(page, look('Cleo'))
    expect(await answer(page)).toBe('Not recognized')
    await page.getByRole('tab', { name: 'Settings' }).click()
    expect(await page.getByLabel('Recognition model').inputValue()).toBe('dlib+faceres')
    expect(kiosk.complaints).toEqual([])
  })

  it('goes on with the model before where the next cannot be loaded, and with dlib where it was built without one', async () => {
    const served = path.join(setup.folder, 'without')
    await cp(setup.root, served, { recursive: true, filter: (file) => !/hse-faceres.*bin$/.test(file) })
    const kiosk = await setup.open({ root: served })
    const { page } = kiosk
    await enroll(page, 'Ada')
    await page.getByRole('tab', { name: 'Settings' }).click()
    await changeModel(page)
    await page.getByText('The model is still dlib.').waitFor()
    await choosePicture(page, look('Ada', { mirror: true }))
    expect(await answer(page)).toBe('Ada')
    await page.getByRole('tab', { name: 'Settings' }).click()
    expect(await page.getByLabel('Recognition model').inputValue()).toBe('dlib')

    // As where a kiosk is served that was built without the model of the people on it.
    await page.evaluate(() => localStorage.setItem('visavis-kiosk', '{"model":"mobilefacenet"}'))
    await page.reload()
    await page.getByText('whoever serves this kiosk has to build it with mobilefacenet').waitFor()
    await page.getByRole('button', { name: 'Use dlib instead' }).click()
    await choosePicture(page, look('Ada', { mirror: true }))
    expect(await answer(page)).toBe('Ada')
    expect(await names(page)).toEqual(['Ada'])
  })

  it('is not built with files that are no model, or are another', async () => {
    const folder = path.join(setup.folder, 'models')
    await mkdir(folder)
    const build = (): Promise<void> =>
      buildKiosk(kioskSources, path.join(setup.folder, 'none'), { KIOSK_MODELS: folder })
    await expect(build()).rejects.toThrow(`KIOSK_MODELS: ${folder} has all files of no model`)
    await writeFile(path.join(folder, 'hse-faceres.bin'), 'another')
    await expect(build()).rejects.toThrow(`KIOSK_MODELS: hse-faceres.bin in ${folder} is not the file of the model`)
  })
})

async function choosableModels(page: Page): Promise<(string | null)[]> {
  await page.getByRole('tab', { name: 'Settings' }).click()
  return page.getByLabel('Recognition model').locator('option').allTextContents()
}

/** Has the page start with the other model, and the people brought over. */
async function changeModel(page: Page): Promise<void> {
  await page.getByLabel('Recognition model').selectOption('dlib+faceres')
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Change', exact: true }).click()])
}

/** Of which model each face is that the page's browser keeps. */
async function modelsOfFaces(page: Page): Promise<string[]> {
  const rows = await page.evaluate(keptRows, ['visavis-kiosk', 'templates'] as const)
  return (rows as { faces: { modelId: string }[] }[]).flatMap(({ faces }) => faces.map(({ modelId }) => modelId))
}
