import { createMatcher, isVisavisError, type FaceMatcher, type Person, type Recognizer } from '@visavis/core'
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

export interface EnrollerOptions {
  readonly matcher: FaceMatcher
  readonly recognizer: Recognizer
  /** Where people go, and where a person of the same name counts as the same. @default the whole store */
  readonly collectionId?: string | undefined
  /** Whether a person who is there gets the new pictures. */
  readonly replace: boolean
  readonly signal: AbortSignal
}

/** Enrolls people from their folders, each with the first three pictures that are good enough. */
export class Enroller implements AsyncDisposable {
  readonly #options: EnrollerOptions
  /** Takes pictures one by one, to tell which of several is refused. */
  readonly #trial: FaceMatcher
  readonly #names: Set<string> = new Set()

  private constructor(options: EnrollerOptions, trial: FaceMatcher) {
    this.#options = options
    this.#trial = trial
  }

  static async create(options: EnrollerOptions): Promise<Enroller> {
    const { recognizer } = options
    const trial = await createMatcher({
      recognizer: {
        model: recognizer.model,
        detect: (image, how) => recognizer.detect(image, how),
        recognize: (image, how) => recognizer.recognize(image, how),
        // It belongs to the other matcher.
        close: () => Promise.resolve(),
      },
    })
    return new Enroller(options, trial)
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#trial.close()
  }

  async #enrollPictures({ name, folder, pictures }: PersonFolder, known: Person | undefined): Promise<Enrollment> {
    const status = known === undefined ? 'enrolled' : 'replaced'
    const first = pictures.slice(0, mostPictures)
    // Mostly all of these are good, and looked at once; only otherwise each picture is tried by itself.
    const person = await this.#write(name, first, known).catch(nullIfRefused)
    if (person !== null) return { status, name, folder, id: person.id, pictures: first, refused: [], error: null }
    const { good, refused } = await this.#sift(pictures)
    if (good.length === 0) {
      const outcome = { name, folder, id: known?.id ?? null, pictures: [], refused, error: null }
      return failed(outcome, 'None of the pictures can be used.')
    }
    const { id } = await this.#write(name, good, known)
    return { status, name, folder, id, pictures: good, refused, error: null }
  }

  /** The first pictures that can be enrolled, in their order, and those before them that cannot. */
  async #sift(pictures: readonly string[]): Promise<{ good: string[]; refused: RefusedFile[] }> {
    const good: string[] = []
    const refused: RefusedFile[] = []
    for (const file of pictures) {
      if (good.length === mostPictures) break
      try {
        const { persons } = this.#trial
        const images = [await readPicture(file)]
        const { id } = await persons.create({ name: 'trial', images, signal: this.#options.signal })
        await persons.delete(id)
        good.push(file)
      } catch (error) {
        if (!isRefusal(error)) throw error
        refused.push({ file, ...describeError(error) })
      }
    }
    return { good, refused }
  }

  async #write(name: string, files: readonly string[], known: Person | undefined): Promise<Person> {
    const { matcher, collectionId, signal } = this.#options
    const images: Uint8Array[] = []
    for (const file of files) images.push(await readPicture(file))
    if (known !== undefined) return matcher.persons.update(known.id, { images, signal })
    const collections = collectionId === undefined ? [] : [collectionId]
    return matcher.persons.create({ name, images, collections, signal })
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

/** Whether the picture is to blame. */
function isRefusal(error: unknown): boolean {
  if (error instanceof CommandError) return true
  return isVisavisError(error) && error.name === 'InputError' && error.code !== 'invalid_option'
}

function nullIfRefused(error: unknown): null {
  if (isRefusal(error)) return null
  throw error
}
