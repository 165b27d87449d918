import axe from 'axe-core'
import type { Page } from 'playwright'
import sharp from 'sharp'
import { people } from './people.ts'
import { loadPhoto } from './photo-node.ts'
import { cut, type CropOptions, type Photo } from './photo.ts'

const photo = await loadPhoto(6)

/** Pixels of a person from the photograph, a little wider and larger than a crop. */
export function look(person: string, changes: Partial<CropOptions> = {}): Photo {
  const { x, y } = people[person] as CropOptions
  return cut(photo, { x, y, size: 450, pixels: 150, ...changes }) as Photo
}

/** Shows the kiosk a picture, and waits for what it says of that one. */
export async function choosePicture(page: Page, { width, height, data }: Photo): Promise<void> {
  const picture = sharp(data, { raw: { width, height, channels: 4 } })
  const file = { name: 'picture.png', mimeType: 'image/png', buffer: await picture.png().toBuffer() }
  await page.locator('#watch-bar:not([inert])').waitFor()
  await page.getByRole('radio', { name: 'Picture' }).check()
  const opened = Number((await page.locator('#picture-file').getAttribute('data-opened')) ?? 0)
  await page.locator('#picture-file').setInputFiles(file)
  // Not what was said of the picture before, which may be the same.
  await page.locator(`#result[data-picture="${opened + 1}"]`).waitFor()
}

/** Enrolls a person of the photograph. */
export async function enroll(page: Page, name: string, collection?: string): Promise<void> {
  await choosePicture(page, look(name))
  await page.getByRole('button', { name: 'Enroll this face' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  if (collection !== undefined) await page.getByRole('checkbox', { name: collection }).check()
  await page.getByRole('button', { name: 'Enroll', exact: true }).click()
  await page.getByText(`${name} was enrolled.`).waitFor()
  await page.locator('#result-title', { hasText: name }).waitFor()
}

/** The title of the answer, when it is this one, or any that is final. */
export async function answer(
  page: Page,
  title: string | RegExp = /^(?!Looking|No picture yet)./,
): Promise<string | null> {
  const shown = page.locator('#result-title', { hasText: title })
  await shown.waitFor()
  return shown.textContent()
}

/** Who is in the list of people, by name: it has those first who were enrolled in an earlier second. */
export async function names(page: Page): Promise<string[]> {
  await page.locator('#side:not([inert])').waitFor()
  const shown = await page.locator('#people-list b').allTextContents()
  return shown.sort()
}

/** What axe finds wrong with the page, in light and dark. */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // Colors that fade are measured when they have faded.
    await page.waitForFunction(() => document.getAnimations().length === 0)
    await page.evaluate(axe.source)
    const results = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
    found.push(
      ...results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme} ${id}: ${html}`)),
    )
  }
  return found
}
