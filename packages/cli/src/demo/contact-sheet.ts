import sharp, { type OverlayOptions } from 'sharp'
import { formatScore } from '../score-words.ts'
import { verdicts } from './demo-report.ts'
import { registerFonts, textElement } from './lettering.ts'
import { isRight, type Trial } from './trial.ts'

/** Pixels. */
const picture = 120
const gap = 12
const textWidth = 250
const card = { width: 2 * picture + textWidth + 4 * gap, height: picture + 2 * gap }
const header = 84
const perRow = 3

const colors = {
  paper: '#f4f4f1',
  card: '#ffffff',
  ink: '#1d1d1f',
  faint: '#6b6b70',
  empty: '#d8d8d4',
  right: '#1a7f37',
  wrong: '#c62828',
} as const

/**
 * Every probe beside its best match, with the score and whether the decision was right, as a picture file.
 *
 * @param file ends with .png, .jpg or .jpeg
 */
export async function writeContactSheet(file: string, trials: readonly Trial[], minScore: number): Promise<void> {
  await registerFonts()
  const columns = Math.min(perRow, trials.length)
  const rows = Math.ceil(trials.length / columns)
  const width = gap + columns * (card.width + gap)
  const height = header + rows * (card.height + gap)
  const places = trials.map((trial, i) => ({
    trial,
    left: gap + (i % columns) * (card.width + gap),
    top: header + Math.floor(i / columns) * (card.height + gap),
  }))
  const drawing = [
    textElement('visavis demo', { x: gap, y: 38, size: 24, color: colors.ink, bold: true }),
    textElement(headline(trials, minScore), { x: gap, y: 64, size: 14, color: colors.faint }),
    ...places.map(({ trial, left, top }) => drawCard(trial, left, top)),
  ]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" stroke-linecap="round" stroke-linejoin="round">${drawing.join('')}</svg>`
  const pictures: OverlayOptions[] = []
  for (const { trial, left, top } of places) {
    pictures.push({ input: await square(trial.probe), left: left + gap, top: top + gap })
    const match = trial.candidates[0]?.thumbnails[0]
    if (match === undefined) continue
    pictures.push({ input: await square(match.image), left: left + 2 * gap + picture, top: top + gap })
  }
  await sharp({ create: { width, height, channels: 3, background: colors.paper } })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }, ...pictures])
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4', force: false })
    .toFile(file)
}

function headline(trials: readonly Trial[], minScore: number): string {
  const right = trials.filter(isRight).length
  return `Left the probe, right its best match among the enrolled. A match needs a score of ${formatScore(minScore)}. Right about ${right} of ${trials.length}.`
}

function drawCard(trial: Trial, left: number, top: number): string {
  const right = isRight(trial)
  const color = right ? colors.right : colors.wrong
  const { role, alteration, candidates } = trial
  const [best] = candidates
  const textLeft = left + 2 * picture + 3 * gap
  const score = best === undefined ? 'no score of 0.50' : `best match, score ${formatScore(best.score)}`
  return [
    `<rect x="${left}" y="${top}" width="${card.width}" height="${card.height}" rx="6" fill="${colors.card}" stroke="${color}" stroke-width="${right ? 1.5 : 4}"/>`,
    `<rect x="${left + 2 * gap + picture}" y="${top + gap}" width="${picture}" height="${picture}" fill="${colors.empty}"/>`,
    textElement('nobody', { x: left + 2 * gap + picture + 36, y: top + gap + 66, size: 14, color: colors.faint }),
    textElement(role.name, { x: textLeft, y: top + 30, size: 16, color: colors.ink, bold: true }),
    textElement(`${role.id === null ? 'stranger' : 'enrolled'}, ${alteration}`, {
      x: textLeft,
      y: top + 51,
      size: 13,
      color: colors.faint,
    }),
    textElement(best?.name ?? 'nobody', { x: textLeft, y: top + 82, size: 16, color: colors.ink, bold: true }),
    textElement(score, { x: textLeft, y: top + 103, size: 13, color: colors.faint }),
    mark(right, textLeft, top + 130, color),
    textElement(verdicts[trial.outcome], { x: textLeft + 20, y: top + 131, size: 15, color, bold: true }),
  ].join('')
}

/** A tick or a cross, for those who do not tell the colors apart. */
function mark(right: boolean, x: number, y: number, color: string): string {
  const path = right ? `M${x},${y - 5}l5,5 8,-11` : `M${x},${y - 11}l11,11M${x + 11},${y - 11}l-11,11`
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2.6"/>`
}

async function square(image: Uint8Array): Promise<Buffer> {
  return sharp(image).resize(picture, picture, { fit: 'contain', background: colors.empty }).png().toBuffer()
}
