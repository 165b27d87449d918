import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listPersonFolders } from './person-folders.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'visavis-people-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(...names: string[]): void {
  const file = path.join(folder, ...names)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, '')
}

describe('listPersonFolders', () => {
  it('names people after their folders and sorts pictures as people count', async () => {
    for (const picture of ['10.jpg', '2.jpg', '.hidden']) write('Ana__Diáz', picture)
    const { people, misplaced } = await listPersonFolders(folder)
    expect(people.map(({ name, pictures }) => [name, pictures.map((file) => path.basename(file))])).toEqual([
      ['Ana Diáz', ['2.jpg', '10.jpg']],
    ])
    expect(misplaced).toEqual([])
  })

  it('composes accents that a file system took apart', async () => {
    write('Jose\u{301}', '1.jpg')
    expect((await listPersonFolders(folder)).people[0]?.name).toBe('José')
  })

  it('tells of files beside the folders and folders inside of them', async () => {
    write('Ana', '1.jpg')
    write('Ana', 'more', '2.jpg')
    write('group.jpg')
    const { misplaced } = await listPersonFolders(folder)
    expect(misplaced.map(({ message }) => message)).toEqual([
      "group.jpg lies beside the people's folders; move it into one.",
      "more is a folder in a person's folder, not looked into.",
    ])
  })

  it('refuses a folder without folders, a file, and what is not there', async () => {
    write('group.jpg')
    await expect(listPersonFolders(folder)).rejects.toMatchObject({ code: 'usage' })
    await expect(listPersonFolders(path.join(folder, 'group.jpg'))).rejects.toMatchObject({ code: 'usage' })
    await expect(listPersonFolders(path.join(folder, 'no'))).rejects.toMatchObject({ code: 'file_not_found' })
  })
})
