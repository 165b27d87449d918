import { createRequire } from 'node:module'
import sharp from 'sharp'

const family = 'DejaVu Sans'

/**
 * Makes the sheet's font known to sharp's SVG renderer, which has only the system's fonts otherwise: a server may have
 * none. Where the font's package is not installed, the system's it is.
 */
export async function registerFonts(): Promise<void> {
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    const fontfile = findFont(file)
    // A font that one text was drawn with is there for all later ones of this process.
    if (fontfile !== null) await sharp({ text: { text: '.', font: family, fontfile } }).toBuffer()
  }
}

export interface TextPlace {
  /** Where the first letter begins, pixels. */
  readonly x: number
  /** The baseline, pixels from the top. */
  readonly y: number
  /** Of the font, pixels. */
  readonly size: number
  readonly color: string
  readonly bold?: boolean
}

/** A line of text as an SVG element. */
export function textElement(words: string, { x, y, size, color, bold = false }: TextPlace): string {
  const weight = bold ? 'bold' : 'normal'
  return `<text x="${x}" y="${y}" font-family="${family}, sans-serif" font-size="${size}" font-weight="${weight}" fill="${color}">${escape(words)}</text>`
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function findFont(file: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${file}`)
  } catch {
    return null
  }
}
