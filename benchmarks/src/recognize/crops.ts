import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { createMatcher, isVisavisError, type Box, type FaceMatcher, type Pixels } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { packageFolder } from '../contenders/modules.ts'
import { readDataset, sample } from '../dataset.ts'
import { groupBy } from '../group-by.ts'
import { readPicture } from '../picture.ts'

/** Two crops of one person, 120x120 pixels. */
export interface PersonCrops {
  readonly first: Pixels
  readonly second: Pixels
}

const cropSize = 120
/** A crop's side over the longer side of the face's box: forehead, ears and chin are in it. */
const cropOverBox = 1.6

/** From people of a dataset with two pictures or more: the same ones on every machine. */
export async function datasetCrops(folder: string, count: number): Promise<PersonCrops[]> {
  const { images } = sample(await readDataset(folder), { several: count, single: 0, most: 2 })
  const people = groupBy(images, ({ person }) => person)
  const crops: PersonCrops[] = []
  for (const [first, second] of people.values()) {
    if (first === undefined || second === undefined) continue
    crops.push({ first: await readPicture(first.file, cropSize), second: await readPicture(second.file, cropSize) })
  }
  return crops
}

/**
 * From the group photographs that face-api's package comes with. The second crop of a face is the first one's mirror
 * image, wider, aside, dimmer and compressed.
 */
export async function photographCrops(photographs: number): Promise<PersonCrops[]> {
  await using matcher = await createMatcher({ recognizer: await createRecognizer() })
  const crops: PersonCrops[] = []
  for (let number = 1; number <= photographs; number++) {
    const photograph = await readFile(path.join(packageFolder('@vladmandic/face-api'), 'demo', `sample${number}.jpg`))
    for (const { box, quality } of await matcher.detect(photograph)) {
      if (quality.reasons.length > 0) continue
      const first = await cut(photograph, box, { wider: 1, aside: 0, altered: false })
      if (!(await canEnroll(matcher, first))) continue
      crops.push({ first, second: await cut(photograph, box, { wider: 1.12, aside: 0.04, altered: true }) })
    }
  }
  return crops
}

/** Enrolling requires a better picture than a search, and detects the face in the crop again. */
async function canEnroll(matcher: FaceMatcher, crop: Pixels): Promise<boolean> {
  try {
    await matcher.persons.create({ name: 'Somebody', images: [crop] })
    return true
  } catch (error) {
    if (isVisavisError(error, 'low_quality') || isVisavisError(error, 'no_face')) return false
    throw error
  }
}

async function cut(
  photograph: Uint8Array,
  box: Box,
  { wider, aside, altered }: { wider: number; aside: number; altered: boolean },
): Promise<Pixels> {
  const { width, height } = await sharp(photograph).metadata()
  const wanted = Math.max(box.right - box.left, box.bottom - box.top) * cropOverBox * wider
  const side = Math.floor(Math.min(wanted, width, height))
  const place = (middle: number, most: number): number =>
    Math.round(Math.min(Math.max(0, middle - side / 2 + aside * side), most - side))
  const crop = sharp(photograph)
    .extract({
      left: place((box.left + box.right) / 2, width),
      top: place((box.top + box.bottom) / 2, height),
      width: side,
      height: side,
    })
    .resize(cropSize, cropSize, { kernel: 'lanczos3' })
  if (altered) crop.flop().linear(0.85, 0)
  const jpeg = await crop.jpeg({ quality: altered ? 75 : 92 }).toBuffer()
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) }
}
