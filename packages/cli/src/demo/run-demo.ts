import { stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { SearchMode } from '@visavis/core'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { openMatcher } from '../open-matcher.ts'
import { fileError } from '../picture-file.ts'
import { startProgressBar } from '../progress-bar.ts'
import { enrollRoles, findFaces } from './cast.ts'
import { writeContactSheet } from './contact-sheet.ts'
import { DemoReport } from './demo-report.ts'
import { readPhotographs } from './photographs.ts'
import { tryProbe, type Trial } from './trial.ts'

export interface DemoOptions {
  /** A folder of group photographs. @default the six samples */
  readonly photos?: string
  /** A .jpg or .png file. @default in the folder for temporary files */
  readonly sheet?: string
  /** 0.5 to 1. */
  readonly minScore: number
  readonly mode: SearchMode
  /** What templates are made with. */
  readonly model: string
}

/**
 * Enrolls most faces of the photographs, searches for all of them, and prints and draws what the matcher made of it.
 *
 * @throws CommandError `photographs_missing`, `usage`
 */
export async function runDemo(
  { photos, sheet, minScore, mode, model }: DemoOptions,
  { output, signal }: Context,
): Promise<void> {
  const started = performance.now()
  const sheetFile = await checkSheet(sheet)
  const photographs = await readPhotographs(photos)
  await using matcher = await openMatcher({ model, signal })
  const finding = startProgressBar('Finding faces', photographs.length, 'photographs')
  const roles = await findFaces(matcher, photographs, signal, () => finding.advance()).finally(() => finding.stop())
  if (roles.length === 0) {
    throw new CommandError('photographs_missing', 'No face was found in the photographs; use others.')
  }
  const enrolling = startProgressBar('Enrolling', roles.length, 'faces')
  const cast = await enrollRoles(matcher, roles, signal, () => enrolling.advance()).finally(() => enrolling.stop())
  const trials: Trial[] = []
  for (const [i, role] of cast.entries()) trials.push(await tryProbe(matcher, role, i, { minScore, mode, signal }))
  await writeContactSheet(sheetFile, trials, minScore)
  const milliseconds = performance.now() - started
  const report = new DemoReport({ photographs, cast, trials, minScore, mode, sheet: sheetFile, milliseconds })
  output.answer(report.document(), () => report.lines())
}

/** The full path, checked before the work is done. */
async function checkSheet(sheet: string | undefined): Promise<string> {
  if (sheet === undefined) return path.join(os.tmpdir(), 'visavis-demo.jpg')
  const file = path.resolve(sheet)
  if (!/\.(jpe?g|png)$/i.test(file)) throw new CommandError('usage', '--sheet must name a .jpg or .png file.')
  const folder = path.dirname(file)
  const found = await stat(folder).catch((error: unknown) => {
    throw fileError(folder, error)
  })
  if (!found.isDirectory()) throw new CommandError('usage', `${folder} is no folder; name a file in one.`)
  return file
}
