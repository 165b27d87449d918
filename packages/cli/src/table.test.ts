import { expect, it } from 'vitest'
import { formatTable } from './table.ts'

it('aligns columns by the width a terminal shows, without spaces at the end', () => {
  const table = formatTable(
    [{ title: 'Person' }, { title: 'Score', align: 'right' }, { title: 'Note' }],
    [
      ['李小龍', '0.9', '\u{1b}[32mfound\u{1b}[39m'],
      ['Ana', '12.34', ''],
    ],
  )
  expect(table).toEqual(['Person  Score  Note', '李小龍    0.9  \u{1b}[32mfound\u{1b}[39m', 'Ana     12.34'])
})
