import stringWidth from 'string-width'

export interface Column {
  readonly title: string
  /** @default 'left' */
  readonly align?: 'left' | 'right'
}

/** Rows under their titles, aligned as a terminal shows them; cells are to be printable, and may be colored. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => stringWidth(cells[i] ?? ''))))
  return lines.map((cells) =>
    columns
      .map(({ align = 'left' }, i) => {
        const cell = cells[i] ?? ''
        const padding = ' '.repeat((widths[i] ?? 0) - stringWidth(cell))
        return align === 'right' ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd(),
  )
}
