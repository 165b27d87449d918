import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const core = new URL('../', import.meta.url)

describe('commit', () => {
  it('is the only one in core that writes to the store of a gallery, or changes its people in memory', async () => {
    const files = (await readdir(core, { recursive: true })).filter((name) => {
      return name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('store')
    })
    expect(files).toContain('matcher.ts')
    const writing: string[] = []
    for (const name of files) {
      const text = await readFile(new URL(name.replaceAll('\\', '/'), core), 'utf8')
      if (/\bstore\.write\b|\bwrite\s*[,}][^=]*=\s*[\w.]*store\b/.test(text)) writing.push(`${name} writes the store`)
      if (/(?<!members\.)\bpeople\.(put|delete|join|leave|deleteCollection)\(/.test(text))
        writing.push(`${name} changes people`)
    }
    expect(writing.sort()).toEqual([
      'gallery/commit.ts changes people',
      'gallery/commit.ts writes the store',
      // The people that the store holds already, when it is opened.
      'gallery/load-gallery.ts changes people',
    ])
  })
})
