import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isForFitting, ofPeople, readDataset, readPairs, sample } from './dataset.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'visavis-dataset-'))
  for (const [person, count] of Object.entries({ Ada: 3, Bob: 1, Cyd: 2, Dee: 1 })) {
    await mkdir(path.join(folder, person))
    for (let i = 1; i <= count; i++) await writeFile(path.join(folder, person, `${person}_${i}.jpg`), '')
  }
  await writeFile(path.join(folder, 'Ada', 'notes.txt'), '')
})

afterEach(() => rm(folder, { recursive: true }))

it('reads people and their pictures, in order', async () => {
  const { images, people, name } = await readDataset(folder)
  expect(people).toBe(4)
  expect(name).toBe(path.basename(folder))
  expect(images.map((image) => image.name).join(' ')).toBe(
    'Ada/Ada_1.jpg Ada/Ada_2.jpg Ada/Ada_3.jpg Bob/Bob_1.jpg Cyd/Cyd_1.jpg Cyd/Cyd_2.jpg Dee/Dee_1.jpg',
  )
})

it('refuses a folder without people', async () => {
  await expect(readDataset(path.join(folder, 'Ada'))).rejects.toThrow('no pictures')
})

it('samples the same people every time', async () => {
  const dataset = await readDataset(folder)
  const sampled = sample(dataset, { several: 1, single: 1, most: 2 })
  expect(sampled.people).toBe(2)
  expect(sampled.images).toHaveLength(3)
  expect(sample(dataset, { several: 1, single: 1, most: 2 })).toEqual(sampled)
})

it('splits people by the hash of their name', () => {
  // sha256('abc') begins with 0xba, sha256('a') with 0xca, sha256('hello world') with 0xb9.
  expect([isForFitting('abc'), isForFitting('a'), isForFitting('hello world')]).toEqual([true, true, false])
})

it('keeps some people', async () => {
  const { images, people } = ofPeople(await readDataset(folder), (person) => person < 'C')
  expect([images.length, people]).toEqual([4, 2])
})

it('reads pairs with and without folds', async () => {
  const file = path.join(folder, 'pairs.csv')
  await writeFile(file, 'same,a,b\n1,x/1.jpg,x/2.jpg\n0,x/1.jpg,y/1.jpg\n')
  expect(await readPairs(file)).toEqual([
    { same: true, a: 'x/1.jpg', b: 'x/2.jpg', fold: undefined },
    { same: false, a: 'x/1.jpg', b: 'y/1.jpg', fold: undefined },
  ])
  await writeFile(file, 'same,a,b,fold\r\n1,x/1.jpg,x/2.jpg,3\r\n')
  expect(await readPairs(file)).toEqual([{ same: true, a: 'x/1.jpg', b: 'x/2.jpg', fold: '3' }])
})
