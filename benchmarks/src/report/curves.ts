import { escape, round } from './chart.ts'

/** Curves over numbers that span decades, both axes logarithmic. */
export interface Curves {
  /** Of the file, without its ending. */
  readonly name: string
  readonly title: string
  /** The first is drawn over the others. */
  readonly curves: readonly Curve[]
  /** What the axes show. */
  readonly x: string
  readonly y: string
}

export interface Curve {
  readonly label: string
  /** By x, all of them above zero. */
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Ours are in color. */
  readonly ours: boolean
}

const width = 720
const height = 440
const frame = { left: 80, right: 470, top: 52, bottom: 390 }
const labelHeight = 17
const colors = {
  ours: ['#0a7d5f', '#2563a8', '#b45309', '#9333ea', '#be123c'],
  theirs: ['#6b7280', '#9aa3ad', '#4b5563', '#a8a29e', '#78716c'],
}

/** An SVG picture that reads on light and on dark pages. */
export function drawCurves({ title, curves, x, y }: Curves): string {
  const points = curves.flatMap((curve) => curve.points)
  const across = new Axis(
    points.map(([value]) => value),
    frame.left,
    frame.right,
  )
  const up = new Axis(
    points.map(([, value]) => value),
    frame.bottom,
    frame.top,
  )
  const grid = [
    ...across.decades.map((value) => {
      const at = round(across.at(value))
      return `<path d="M${at} ${frame.top}V${frame.bottom}" stroke="#ddd"/><text x="${at}" y="${frame.bottom + 18}" text-anchor="middle">${value.toLocaleString('en-US', { maximumFractionDigits: 6 })}</text>`
    }),
    ...up.decades.map((value) => {
      const at = round(up.at(value))
      return `<path d="M${frame.left} ${at}H${frame.right}" stroke="#ddd"/><text x="${frame.left - 8}" y="${at + 5}" text-anchor="end">${value.toLocaleString('en-US', { maximumFractionDigits: 6 })}</text>`
    }),
  ]
  const colored = curves.map((curve) => {
    const list = curve.ours ? colors.ours : colors.theirs
    const place = curves.filter(({ ours }) => ours === curve.ours).indexOf(curve)
    return { ...curve, color: list[place % list.length] as string }
  })
  const lines = colored.map(({ points: own, ours, color }) => {
    const places = own.map(([a, b]) => [round(across.at(a)), round(up.at(b))] as const)
    const dots = places.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="3.5" fill="${color}"/>`).join('')
    return `<polyline points="${places.map((place) => place.join()).join(' ')}" fill="none" stroke="${color}" stroke-width="${ours ? 2.5 : 1.5}"/>${dots}`
  })
  const ends = spreadOut(colored.map(({ points: own }) => up.at(own.at(-1)?.[1] ?? 1)))
  const labels = colored.map(({ label, points: own, color, ours }, i) => {
    const [lastX, lastY] = own.at(-1) ?? [1, 1]
    const end = ends[i] as number
    return `<path d="M${round(across.at(lastX) + 6)} ${round(up.at(lastY))}L${frame.right + 10} ${round(end)}" stroke="${color}" stroke-dasharray="1 4"/>
<text x="${frame.right + 14}" y="${round(end + 5)}" fill="${color}"${ours ? ' font-weight="600"' : ''}>${escape(label)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
<rect width="${width}" height="${height}" rx="8" fill="#fff"/>
<g font-family="system-ui, sans-serif" font-size="13" fill="#222">
<text x="16" y="27" font-size="15" font-weight="600">${escape(title)}</text>
${[...grid, ...lines.toReversed(), ...labels].join('\n')}
<text x="${(frame.left + frame.right) / 2}" y="${height - 12}" text-anchor="middle">${escape(x)}</text>
<text x="16" y="${frame.top - 8}">${escape(y)}</text>
</g>
</svg>
`
}

/** A logarithmic one, from a whole decade to a whole decade. */
class Axis {
  readonly decades: readonly number[]
  readonly #least: number
  readonly #most: number
  readonly #from: number
  readonly #to: number

  constructor(values: readonly number[], from: number, to: number) {
    this.#least = Math.floor(Math.log10(Math.min(...values)))
    this.#most = Math.max(this.#least + 1, Math.ceil(Math.log10(Math.max(...values))))
    this.#from = from
    this.#to = to
    this.decades = Array.from({ length: this.#most - this.#least + 1 }, (_, i) => 10 ** (this.#least + i))
  }

  at(value: number): number {
    const share = (Math.log10(value) - this.#least) / (this.#most - this.#least)
    return this.#from + share * (this.#to - this.#from)
  }
}

/** Heights near the wanted ones, a line of text apart, none below the frame where there is room above. */
function spreadOut(wanted: readonly number[]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number))
  const heights: number[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const i of order) {
    last = Math.max(wanted[i] as number, last + labelHeight)
    heights[i] = last
  }
  let next = frame.bottom + labelHeight
  for (const i of order.toReversed()) {
    next = Math.min(heights[i] as number, next - labelHeight)
    heights[i] = next
  }
  return heights
}
