import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { facePicture } from './face-pictures.ts'

/** A folder as `visavis enroll` takes it, with Ana and Bea in it. */
export async function writeTwoPeople(folder: string): Promise<void> {
  for (const [name, place] of [
    ['Ana_Díaz', 'photo3Middle'],
    ['Bea_Lund', 'photo6Left'],
  ] as const) {
    const person = path.join(folder, name)
    mkdirSync(person, { recursive: true })
    writeFileSync(path.join(person, '1.jpg'), await facePicture(place))
  }
}
