import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { usearchVersion } from './usearch-version.ts'

it('names the usearch that the module is built from', () => {
  const manifest = new URL('../node_modules/usearch/package.json', import.meta.url)
  expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ version: usearchVersion })
})
