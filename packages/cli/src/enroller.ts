import { isVisavisError, type FaceMatcher, type Person, type VisavisError } from '@visavis/core'
import { CommandError, describeError, type ErrorDescription } from './command-error.ts'
import type { PersonFolder, RefusedFile } from './person-folders.ts'
import { readPicture } from './picture-file.ts'

/** The most pictures of a person that are enrolled. */
const mostPictures = 3

/** What became of one person's folder. */
export interface Enrollment {
  readonly status: 'enrolled' | 'replaced' | 'skipped' | 'failed'
  readonly name: string
  readonly folder: string
  /** `null` where the person is not enrolled. */
  readonly id: string | null
  /** The files that were enrolled. */
  readonly pictures: readonly string[]
  readonly refused: readonly RefusedFile[]
  /** Why the pictures were not enrolled; only with `failed`. */
  readonly error: ErrorDescription | null
}

interface Picture {
  readonly file: string
  readonly bytes: Uint8Array
}

export interface EnrollerOptions {
  readonly matcher: FaceMatcher
  /** Where people go, and where a person of the same name counts as the same. @default the whole store */
  readonly collectionId?: string | undefined
  /** Whether a person who is enrolled already gets the new pictures. */
  readonly replace: boolean
  readonly signal: AbortSignal
}

/** Enrolls people from their folders, each with the first three pictures that are good enough. */
export class Enroller {
  readonly #options: EnrollerOptions
  readonly #names: Set<string> = new Set()

  constructor(options: EnrollerOptions) {
    this.#options = options
  }

  /** @throws what this person's name and pictures are not to blame for, such as VisavisError `store_quota`. */
  async enroll({ name, folder, pictures }: PersonFolder): Promise<Enrollment> {
    const outcome = { name, folder, id: null, pictures: [], refused: [], error: null }
    if (this.#names.has(name)) return failed(outcome, 'Another folder gives the same name; rename one of them.')
    this.#names.add(name)
    try {
      const [known, ...others] = await this.#peopleNamed(name)
      if (known !== undefined && !this.#options.replace) return { ...outcome, status: 'skipped', id: known.id }
      if (others.length > 0)
        return failed(outcome, `${others.length + 1} people have this name; it is unclear whom to replace.`)
      if (pictures.length === 0) return failed(outcome, 'The folder holds no pictures.')
      return await this.#enrollPictures({ name, folder, pictures }, known)
    } catch (error) {
      // Such as a name that is too long.
      if (isVisavisError(error, 'invalid_option')) return { ...outcome, status: 'failed', error: describeError(error) }
      throw error
    }
  }

  async #enrollPictures({ name, folder, pictures }: PersonFolder, known: Person | undefined): Promise<Enrollment> {
    const status = known === undefined ? 'enrolled' : 'replaced'
    const waiting = [...pictures]
    const chosen: Picture[] = []
    const refused: RefusedFile[] = []
    for (;;) {
      while (chosen.length < mostPictures) {
        const file = waiting.shift()
        if (file === undefined) break
        try {
          chosen.push({ file, bytes: await readPicture(file) })
        } catch (error) {
          if (!(error instanceof CommandError)) throw error
          refused.push({ file, ...describeError(error) })
        }
      }
      if (chosen.length === 0) {
        const outcome = { name, folder, id: known?.id ?? null, pictures: [], refused, error: null }
        return failed(outcome, 'None of the pictures can be used.')
      }
      try {
        const { id } = await this.#write(name, chosen, known)
        return { status, name, folder, id, pictures: chosen.map(({ file }) => file), refused, error: null }
      } catch (error) {
        if (!isRefusal(error)) throw error
        // The next picture takes the place of the one that was refused. Of several, the error says which, and its cause why.
        const [bad] = chosen.splice((error.picture ?? 1) - 1, 1)
        if (bad === undefined) throw error
        refused.push({ file: bad.file, ...describeError(error.picture === undefined ? error : error.cause) })
      }
    }
  }

  async #write(name: string, pictures: readonly Picture[], known: Person | undefined): Promise<Person> {
    const { matcher, collectionId, signal } = this.#options
    const images = pictures.map(({ bytes }) => bytes)
    if (known !== undefined) return matcher.persons.update(known.id, { images }, { signal })
    const collections = collectionId === undefined ? [] : [collectionId]
    return matcher.persons.create({ name, images, collections }, { signal })
  }

  async #peopleNamed(name: string): Promise<Person[]> {
    const { matcher, collectionId } = this.#options
    const found: Person[] = []
    for (let page = 1, pages = 1; page <= pages; page++) {
      const where = collectionId === undefined ? {} : { collectionId }
      const list = await matcher.persons.list({ ...where, name, page, limit: 100 })
      found.push(...list.persons.filter((person) => person.name === name))
      pages = list.pages
    }
    return found
  }
}

function failed(outcome: Omit<Enrollment, 'status'>, message: string): Enrollment {
  return { ...outcome, status: 'failed', error: describeError(new CommandError('usage', message)) }
}

/** Whether a picture is to blame. */
function isRefusal(error: unknown): error is VisavisError {
  return isVisavisError(error) && error.name === 'InputError' && error.code !== 'invalid_option'
}
