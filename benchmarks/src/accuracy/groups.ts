import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { readDataset, type Dataset, type DatasetImage } from '../dataset.ts'
import { groupBy } from '../group-by.ts'

/** A dataset whose pictures are told apart by group, such as by the sex of the person. */
export interface GroupedSet {
  /** Of the CSV file: what stands before `-groups`. */
  readonly name: string
  readonly dataset: Dataset
  /** By name, such as `female`; only adults, as far as the file says, and only people whose group the file names. */
  readonly groups: ReadonlyMap<string, readonly DatasetImage[]>
}

const suffix = /-groups$/

/**
 * Reads a CSV with the columns `picture` and `sex`, and perhaps `age` (of which `child` is left out), and the folder that
 * its pictures are in: beside the file, with the file's name up to `-groups`, or that and `-crops`.
 *
 * @throws Error where there is no such folder, or no picture of it is in the file.
 */
export async function readGroups(file: string): Promise<GroupedSet> {
  const name = path.basename(file, path.extname(file)).replace(suffix, '')
  const folder = await firstFolder([`${name}-crops`, name].map((one) => path.join(path.dirname(file), one)))
  const dataset = await readDataset(folder)
  const rows = await readRows(file)
  const known = dataset.images.flatMap((image) => {
    const row = rows.get(image.name)
    return row === undefined || row.sex === '' || row.age === 'child' ? [] : [{ image, group: row.sex }]
  })
  if (known.length === 0)
    throw new Error(`No picture of ${path.basename(folder)} has a group in ${path.basename(file)}.`)
  const groups = [...groupBy(known, ({ group }) => group)].map(([group, list]): [string, DatasetImage[]] => [
    group,
    list.map(({ image }) => image),
  ])
  return { name, dataset, groups: new Map(groups.sort(([a], [b]) => (a < b ? -1 : 1))) }
}

interface Row {
  readonly sex: string
  readonly age: string
}

async function readRows(file: string): Promise<Map<string, Row>> {
  const [header = '', ...lines] = (await readFile(file, 'utf8')).trim().split(/\r?\n/)
  const columns = header.split(',')
  const at = (name: string): number => columns.indexOf(name)
  if (at('picture') < 0 || at('sex') < 0) throw new Error('The groups file must have the columns picture and sex.')
  return new Map(
    lines.map((line) => {
      const cells = line.split(',')
      return [cells[at('picture')] ?? '', { sex: cells[at('sex')] ?? '', age: cells[at('age')] ?? '' }]
    }),
  )
}

async function firstFolder(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    if ((await stat(folder).catch(() => undefined))?.isDirectory() === true) return folder
  }
  throw new Error(
    `The pictures of the groups file are missing: none of ${folders.map((one) => path.basename(one)).join(', ')} is a folder beside it.`,
  )
}
