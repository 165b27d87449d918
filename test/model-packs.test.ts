import { createMatcher, type Pixels, type Recognizer } from '@visavis/core'
import { createRecognizer, type ModelChoice } from '@visavis/core/tfjs'
import { dlibResnet, packs, type ModelPack, type PackName } from '@visavis/models'
import { assetUrls as faceresUrls } from '@visavis/models-faceres'
import { convertPack, inputsOf, recipes, writeFiles } from '@visavis/models/convert'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optInFiles } from '../packages/models/build/opt-in.ts'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut, type CropOptions, type Photo } from './support/photo.ts'
import { rejects } from './support/rejects.ts'

const models = path.resolve(import.meta.dirname, '../packages/models')
const names = Object.keys(packs) as PackName[]

let folder: string
let assets: Record<string, URL>
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'visavis-packs-'))
  assets = await optInFiles()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function templates(recognizer: Recognizer, mode: 'FAST' | 'ACCURATE' = 'FAST'): Promise<Float32Array[][]> {
  const photo = await loadPhoto(6)
  const made: Float32Array[][] = []
  for (const name of ['Ada', 'Bea', 'Cleo']) {
    const place = people[name] as CropOptions
    const enrolled = await recognizer.recognize(crop(photo, place), { mode: 'ACCURATE', purpose: 'enroll' })
    const other = crop(photo, { ...place, x: place.x + 8, size: place.size * 1.06 })
    const probe = await recognizer.recognize(other, { mode, purpose: 'search' })
    made.push([enrolled.template, probe.template])
  }
  return made
}

function crop(photo: Photo, place: CropOptions): Pixels {
  return { channels: 4, ...cut(photo, place) }
}

/** The similarity that a model's strangers reach once in 10,000. */
function rarely({ calibration }: ModelPack): number {
  return calibration.fast.find(([, rate]) => rate === -4)?.[0] as number
}

/** The parts of a template that came from each network, and how long they are. */
function partLengths(template: Float32Array, { networks }: ModelPack): number[] {
  let at = 0
  return networks.map(({ network }) => {
    at += network.dimensions
    return Math.sqrt(
      dot(template.subarray(at - network.dimensions, at), template.subarray(at - network.dimensions, at)),
    )
  })
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
}

describe('a model by its name', () => {
  for (const name of names) {
    it(`${name} makes unit vectors of its length, in which people are more alike to themselves than to others`, async () => {
      const pack = packs[name]
      const recognizer = await createRecognizer({ model: name, assets })
      expect(recognizer.model.id).toBe(pack.id)
      for (const mode of ['FAST', 'ACCURATE'] as const) {
        const made = await templates(recognizer, mode)
        for (const [enrolled, probe] of made as [Float32Array, Float32Array][]) {
          expect(enrolled).toHaveLength(pack.dimensions)
          expect(dot(enrolled, enrolled)).toBeCloseTo(1, 5)
          expect(dot(probe, probe)).toBeCloseTo(1, 5)
        }
        const own = made.map(([enrolled, probe]) => dot(enrolled as Float32Array, probe as Float32Array))
        const others = made.flatMap(([enrolled], i) =>
          made.flatMap(([, probe], j) => (i === j ? [] : [dot(enrolled as Float32Array, probe as Float32Array)])),
        )
        expect(Math.min(...own)).toBeGreaterThan(Math.max(...others))
      }
      await recognizer.close()
    })
  }

  it('weighs the vectors that it joins as its manifest says', async () => {
    const pack = packs['faceplugin+mobilefacenet']
    const joined = await createRecognizer({ model: 'faceplugin+mobilefacenet', assets })
    const [[template]] = (await templates(joined)) as [[Float32Array]]
    await joined.close()
    const weights = pack.networks.map(({ weight }) => weight)
    const sum = weights.reduce((all, weight) => all + weight, 0)
    for (const [i, length] of partLengths(template, pack).entries()) {
      expect(length).toBeCloseTo(Math.sqrt((weights[i] as number) / sum), 5)
    }
    const alone = await createRecognizer({ model: 'faceplugin', assets })
    const [[part]] = (await templates(alone)) as [[Float32Array]]
    await alone.close()
    // The landmarks of enrolling are read in the same way.
    const first = template.subarray(0, 192)
    expect(dot(first, part) / Math.sqrt(dot(first, first))).toBeCloseTo(1, 5)
  })

  it('finds HSE-FaceRes in the package that brings it', async () => {
    for (const given of [{}, { assets: faceresUrls }]) {
      const recognizer = await createRecognizer({ model: 'dlib+faceres', ...given })
      expect(recognizer.model.dimensions).toBe(1152)
      await recognizer.close()
    }
  })

  it('that there is none of is refused with the names that there are', async () => {
    for (const model of ['arcface', '', 'toString', 'Dlib']) {
      const error = await createRecognizer({ model }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'invalid_option', message: expect.stringContaining(names.join(', ')) })
    }
  })

  it('whose files are not here says which command makes them', async () => {
    for (const [model, command] of [
      ['mobilefacenet', 'npx visavis models add mobilefacenet'],
      ['faceplugin', 'npx visavis models add faceplugin'],
    ] as const) {
      const error = await createRecognizer({ model }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'model_load_failed', message: expect.stringContaining(command) })
    }
  })

  it('refuses a changed file', async () => {
    const file = 'faceplugin-fr-feature.bin'
    const changed = new Uint8Array(await readFile(assets[file] as URL))
    changed[1000] = (changed[1000] as number) ^ 1
    await rejects(createRecognizer({ model: 'faceplugin', assets: { ...assets, [file]: changed } }), 'model_corrupt')
  })

  it('leaves out of a template what a plan does not run, and is still comparable', async () => {
    const pack = packs['faceplugin+mobilefacenet']
    const fast = { mirror: false, rereadLandmarks: false, networks: [0] }
    const recognizer = await createRecognizer({ model: { ...pack, plans: { ...pack.plans, fast } }, assets })
    const [ada, bea] = await templates(recognizer)
    const [enrolled, probe] = ada as [Float32Array, Float32Array]
    expect(partLengths(probe, pack)).toEqual([expect.closeTo(1, 5), 0])
    expect(dot(enrolled, probe)).toBeGreaterThan(dot(bea?.[0] as Float32Array, probe))
    await recognizer.close()
  })
})

describe('models in a list', () => {
  it('are the known one where there is one', async () => {
    const recognizer = await createRecognizer({ model: ['faceplugin', 'mobilefacenet'], assets })
    expect(recognizer.model).toMatchObject({ id: packs['faceplugin+mobilefacenet'].id, dimensions: 384 })
    await recognizer.close()
  })

  it('are joined with equal weights, and a scale that promises no more than is known', async () => {
    const recognizer = await createRecognizer({ model: ['dlib', packs.mobilefacenet], assets })
    const { id, dimensions, calibration } = recognizer.model
    expect(id).toBe('dlib-resnet-v1+mobilefacenet-v1')
    expect(dimensions).toBe(320)
    // Where both reach what their strangers reach once in 10,000, the two together stand for twice that.
    const both = (rarely(packs.dlib) + rarely(packs.mobilefacenet)) / 2
    const knot = calibration.fast.find(([, rate]) => Math.abs(rate - (-4 + Math.log10(2))) < 1e-9)
    expect(knot?.[0]).toBeCloseTo(both, 6)
    const [[template]] = (await templates(recognizer)) as [[Float32Array]]
    expect(dot(template, template)).toBeCloseTo(1, 5)
    await recognizer.close()
  })

  it('are refused where there are none', () => rejects(createRecognizer({ model: [] }), 'invalid_option'))
})

describe('a network of an app', () => {
  it('is converted into a folder that createRecognizer takes', async () => {
    const { input, template, normalization } = dlibLike()
    const [file] = (await inputsOf(recipes['faceplugin-fr-feature'], { from: models })) as [Uint8Array]
    const description = {
      id: 'own-1',
      input,
      template,
      normalization,
      licence: 'mine',
      origin: 'a test',
      dimensions: 128,
    }
    for (const precision of ['float16', 'uint8'] as const) {
      const own = path.join(folder, precision)
      const { files, pack, borrowedScale } = convertPack(file, description, precision)
      expect(borrowedScale).toBe(true)
      expect(pack.dimensions).toBe(128)
      await writeFiles(own, files)
      await using matcher = await createMatcher({ recognizer: await createRecognizer({ model: own }) })
      const photo = await loadPhoto(6)
      const ada = people['Ada'] as CropOptions
      await matcher.persons.create({ id: 'Ada', name: 'Ada', images: [cut(photo, ada)] })
      const found = await matcher.search(cut(photo, { ...ada, x: ada.x + 6 }), { minScore: 0.8, mode: 'FAST' })
      expect(found).toMatchObject({ model: 'own-1', candidates: [{ id: 'Ada' }] })
    }
    // The uint8 file is about half of the float16 one.
    const [half, quarter] = await Promise.all(
      ['float16', 'uint8'].map(async (precision) => (await readFile(path.join(folder, precision, 'own-1.bin'))).length),
    )
    expect(quarter).toBeLessThan((half as number) * 0.7)
  })

  it('is refused where its folder, its manifest or its files are not right', async () => {
    const wrong = path.join(folder, 'wrong')
    await rejects(createRecognizer({ model: `${wrong}/` }), 'model_load_failed')
    await writeFiles(wrong, new Map([['pack.json', new TextEncoder().encode('{"id":')]]))
    await rejects(createRecognizer({ model: wrong }), 'model_corrupt')
    for (const text of ['null', '[]', '"dlib"', '{}', '{"id":"x","networks":[{}],"plans":{}}', '{"networks":5}']) {
      await writeFile(path.join(wrong, 'pack.json'), text)
      await rejects(createRecognizer({ model: wrong }), 'model_mismatch')
    }
  })
})

function dlibLike(): Pick<typeof dlibResnet, 'input' | 'template' | 'normalization'> {
  const { input, template, normalization } = packs.faceplugin.networks[0]?.network ?? dlibResnet
  return { input, template, normalization }
}

it('every choice is one that types allow', () => {
  const choices: ModelChoice[] = ['dlib', './folder', dlibResnet, packs.dlib, ['dlib', dlibResnet]]
  expect(choices).toHaveLength(5)
})
