/** Bars beside their labels, all on one scale that begins at zero. */
export interface Chart {
  /** Of the file, without its ending. */
  readonly name: string
  readonly title: string
  readonly bars: readonly Bar[]
  /** What the scale ends at. @default the longest bar */
  readonly most?: number
  /** Digits after the point. @default 0 */
  readonly digits?: number
  readonly unit?: string
}

export interface Bar {
  readonly label: string
  readonly value: number
  /** The middle half of the samples, drawn over the bar's end. */
  readonly spread?: readonly [number, number] | undefined
  /** Ours are in colour. */
  readonly ours: boolean
}

const width = 720
const labels = 220
const values = 90
const rowHeight = 26
const top = 44

/** An SVG picture that reads on light and on dark pages. */
export function drawChart({ title, bars, most, digits = 0, unit = '' }: Chart): string {
  const scale = most ?? Math.max(...bars.map(({ value, spread }) => Math.max(value, spread?.[1] ?? 0)))
  const x = (value: number): number => labels + (value / scale) * (width - labels - values)
  const height = top + bars.length * rowHeight + 12
  const rows = bars.map(({ label, value, spread, ours }, i) => {
    const y = top + i * rowHeight
    const middle = y + rowHeight / 2
    const end = Math.max(x(value), spread === undefined ? 0 : x(spread[1]))
    const whisker =
      spread === undefined
        ? ''
        : `<path d="M${round(x(spread[0]))} ${middle}H${round(x(spread[1]))}" stroke="#888" stroke-width="2"/>`
    return `<text x="${labels - 10}" y="${middle + 5}" text-anchor="end">${escape(label)}</text>
<rect x="${labels}" y="${y + 4}" width="${round(x(value) - labels)}" height="${rowHeight - 8}" rx="3" fill="${ours ? '#0a7d5f' : '#9aa3ad'}"/>
${whisker}<text x="${round(end + 8)}" y="${middle + 5}">${value.toFixed(digits)}${escape(unit)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
<rect width="${width}" height="${height}" rx="8" fill="#fff"/>
<g font-family="system-ui, sans-serif" font-size="14" fill="#222">
<text x="16" y="27" font-size="16" font-weight="600">${escape(title)}</text>
${rows.join('\n')}
</g>
</svg>
`
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
