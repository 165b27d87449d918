import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { groupBy } from './group-by.ts'

/** A folder of people: one folder each, with their pictures in it. */
export interface Dataset {
  /** Of the folder, without where it lies. */
  readonly name: string
  readonly images: readonly DatasetImage[]
  readonly people: number
}

export interface DatasetImage {
  /** Relative to the dataset's folder, with `/`: `person/picture.jpg`. */
  readonly name: string
  readonly file: string
  readonly person: string
}

/** Two images, and whether they show one person. */
export interface ImagePair {
  readonly same: boolean
  readonly a: string
  readonly b: string
  /** Which tenth of a ten-fold protocol it is in; undefined where the file has no folds. */
  readonly fold: string | undefined
}

const picture = /\.(jpe?g|png|webp)$/i

/** @throws Error where the folder has no people with pictures. */
export async function readDataset(folder: string): Promise<Dataset> {
  const images: DatasetImage[] = []
  const entries = await readdir(folder, { withFileTypes: true })
  const people = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  for (const person of people.sort()) {
    for (const name of (await readdir(path.join(folder, person))).sort()) {
      if (picture.test(name)) images.push({ name: `${person}/${name}`, file: path.join(folder, person, name), person })
    }
  }
  if (images.length === 0) throw new Error('The dataset has no pictures: it must be a folder of folders, one a person.')
  return { name: path.basename(path.resolve(folder)), images, people: countPeople(images) }
}

/** The images of some people only. */
export function ofPeople(dataset: Dataset, isIn: (person: string) => boolean): Dataset {
  const images = dataset.images.filter(({ person }) => isIn(person))
  return { ...dataset, images, people: countPeople(images) }
}

/** A subset that is the same on every machine: the people with the smallest SHA-256 of their name, some images of each. */
export function sample(dataset: Dataset, { several, single, most }: SampleSize): Dataset {
  const images = groupBy(dataset.images, ({ person }) => person)
  const byHash = [...images.keys()].sort((a, b) => (sha256(a).toString('hex') < sha256(b).toString('hex') ? -1 : 1))
  const chosen = new Set([
    ...byHash.filter((person) => (images.get(person)?.length ?? 0) > 1).slice(0, several),
    ...byHash.filter((person) => images.get(person)?.length === 1).slice(0, single),
  ])
  const sampled = [...images].flatMap(([person, list]) => (chosen.has(person) ? list.slice(0, most) : []))
  return { ...dataset, images: sampled, people: countPeople(sampled) }
}

export interface SampleSize {
  /** People with two images or more. */
  readonly several: number
  /** People with one. */
  readonly single: number
  /** Images a person at most. */
  readonly most: number
}

/**
 * Whether a person's images may be used for fitting; the others are for checking. Decided by the folder's name alone,
 * so that it is the same wherever the dataset is read.
 */
export function isForFitting(person: string): boolean {
  return (sha256(person)[0] as number) % 2 === 0
}

/** Reads `same,a,b` lines, with or without a fourth column `fold`. */
export async function readPairs(file: string): Promise<ImagePair[]> {
  const [header, ...lines] = (await readFile(file, 'utf8')).trim().split(/\r?\n/)
  const columns = header?.split(',') ?? []
  if (columns.slice(0, 3).join(',') !== 'same,a,b') throw new Error('The pairs file must begin with the line same,a,b')
  return lines.map((line) => {
    const [same, a = '', b = '', fold] = line.split(',')
    return { same: same === '1', a, b, fold }
  })
}

function countPeople(images: readonly DatasetImage[]): number {
  return new Set(images.map(({ person }) => person)).size
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
