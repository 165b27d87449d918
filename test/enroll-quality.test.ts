import {
  createMatcher,
  isVisavisError,
  type FaceMatcher,
  type FaceQuality,
  type Pixels,
  type Recognizer,
} from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut } from './support/photo.ts'
import { conditions, randomFrom, worsen } from './support/worsen.ts'

const reasons = { mask: 'mouth_covered', sunglasses: 'eyes_covered', night: 'noisy', jpeg5: 'compressed' } as const

/** How many of the faces are not seen as one any more: a mask hides what one of them is known by. */
const mostUnseen = { mask: 1, sunglasses: 0, night: 0, jpeg5: 0 } as const

describe('what is enrolled', () => {
  let matcher: FaceMatcher
  let recognizer: Recognizer
  const faces: Pixels[] = []

  beforeAll(async () => {
    recognizer = await createRecognizer()
    matcher = await createMatcher({ recognizer })
    for (const { photo, ...place } of Object.values(people)) {
      faces.push({ ...cut(await loadPhoto(photo), place), channels: 4 })
    }
  })

  afterAll(() => matcher?.close())

  async function qualityOf(picture: Pixels): Promise<FaceQuality> {
    return (await recognizer.recognize(picture, { mode: 'FAST', purpose: 'search' })).face.quality
  }

  for (const condition of conditions) {
    it(`refuses a face under the condition ${condition}, says why, and still searches for it`, async () => {
      const codes: string[] = []
      for (const [i, picture] of faces.entries()) {
        const { face } = await recognizer.recognize(picture, { mode: 'FAST', purpose: 'search' })
        const worse = await worsen(condition, picture, face.landmarks, randomFrom(i))
        const error: unknown = await matcher.persons.create({ name: 'Somebody', images: [worse] }).catch((e) => e)
        if (!isVisavisError(error)) throw new Error(`Face ${i} was enrolled.`)
        codes.push(error.code)
        // Kept out as well, but not searched for either.
        if (error.code === 'no_face') continue
        expect(error).toMatchObject({ code: 'low_quality', reasons: expect.arrayContaining([reasons[condition]]) })
        expect((await matcher.search(worse, { minScore: 0.5, mode: 'FAST' })).quality?.[0]?.reasons).toEqual([])
      }
      expect(codes.filter((code) => code === 'no_face').length).toBeLessThanOrEqual(mostUnseen[condition])
    })
  }

  it('takes the same faces as they are', async () => {
    for (const picture of faces) {
      const { mouthCovered, eyesCovered } = await qualityOf(picture)
      expect(mouthCovered).toBeLessThan(0.55)
      expect(eyesCovered).toBeLessThan(0.55)
      await matcher.persons.create({ name: 'Somebody', images: [picture] })
    }
  })

  it('tells a picture that was enlarged from one that shows as much as it has pixels', async () => {
    for (const { width, height, data } of faces) {
      const real = await qualityOf({ width, height, channels: 4, data })
      const small = await sharp(data, { raw: { width, height, channels: 4 } })
        .removeAlpha()
        .resize(40)
        .png()
        .toBuffer()
      const enlarged = await sharp(small).resize(120).removeAlpha().raw().toBuffer()
      const blown = await qualityOf({ width, height, channels: 3, data: enlarged })
      expect(blown.eyeDistance).toBeCloseTo(real.eyeDistance, -1)
      expect(real.effectiveResolution).toBeGreaterThan(real.eyeDistance * 0.6)
      expect(blown.effectiveResolution).toBeLessThan(blown.eyeDistance * 0.55)
    }
  })
})
