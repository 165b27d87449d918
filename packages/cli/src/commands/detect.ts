import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { FoundFace } from '@visavis/core'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { openMatcher } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { paint } from '../output.ts'
import { fileError, readPicture } from '../picture-file.ts'
import { printable } from '../printable.ts'
import { formatTable } from '../table.ts'

interface DetectCommandOptions {
  crops?: string
  model: string
}

export function addDetect(program: Command, context: Context): void {
  program
    .command('detect')
    .summary('find the faces of a picture')
    .description('Find every face in a picture, the largest first.')
    .argument('<picture>', 'a JPEG, PNG or WebP file, up to 108 megapixels')
    .option('--crops <folder>', 'write a crop of each face there, up to 120x120 pixels: what search and enroll take')
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Example:
  visavis detect party.jpg --crops faces`,
    )
    .action((picture: string, given: DetectCommandOptions) => detect(picture, given, context))
}

async function detect(
  file: string,
  { crops: cropFolder, model }: DetectCommandOptions,
  { output, signal, exit }: Context,
): Promise<void> {
  const picture = await readPicture(file)
  await using matcher = await openMatcher({ model, signal })
  const faces = await matcher.detect(picture, { signal })
  if (faces.length === 0) exit(exitCodes.nobody)
  const crops = cropFolder === undefined ? [] : await writeCrops(faces, file, cropFolder)
  const views = faces.map(({ box, landmarks, score, quality }, i) => ({
    box,
    landmarks,
    score,
    quality,
    ...(crops[i] !== undefined && { crop: crops[i] }),
  }))
  output.answer({ faces: views }, () => describe(faces, crops))
}

async function writeCrops(faces: readonly FoundFace[], file: string, folder: string): Promise<string[]> {
  const files = faces.map((_, i) => path.join(folder, `${path.parse(file).name}-${i + 1}.jpg`))
  try {
    await mkdir(folder, { recursive: true })
    for (const [i, { thumbnail }] of faces.entries()) await writeFile(files[i] as string, thumbnail)
    return files
  } catch (error) {
    throw fileError(folder, error)
  }
}

function describe(faces: readonly FoundFace[], crops: readonly string[]): string[] {
  if (faces.length === 0) return [paint('yellow', 'No face found.')]
  const table = formatTable(
    [
      { title: '' },
      { title: 'Left, top', align: 'right' },
      { title: 'Size in pixels', align: 'right' },
      { title: 'Eyes apart', align: 'right' },
      { title: 'Sure', align: 'right' },
      { title: 'Good enough to search' },
      ...(crops.length > 0 ? [{ title: 'Crop' }] : []),
    ],
    faces.map(({ box, score, quality }, i) => [
      String(i + 1),
      `${Math.round(box.left)}, ${Math.round(box.top)}`,
      `${Math.round(box.right - box.left)} x ${Math.round(box.bottom - box.top)}`,
      `${Math.round(quality.eyeDistance)} px`,
      `${Math.floor(score * 100)} %`,
      quality.reasons.length === 0 ? 'yes' : `no: ${quality.reasons.join(', ').replaceAll('_', ' ')}`,
      printable(crops[i] ?? ''),
    ]),
  )
  return [paint('green', faces.length === 1 ? 'Found 1 face.' : `Found ${faces.length} faces.`), '', ...table]
}
