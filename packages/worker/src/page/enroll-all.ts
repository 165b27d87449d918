import type { FaceMatcher, NewPerson, Person } from '@visavis/core'
import { abortSignal, callback, checkOptions, integer, optional, type OptionShape } from '@visavis/core/kit'

export interface EnrollAllOptions {
  /** How many people are worked on at once, 1 to 1,000: as many as a pool has workers, or a few more. @default 4 */
  atOnce?: number
  /** Called after each person, in the order in which they end. */
  onProgress?: (progress: EnrollProgress) => void
  /** Stops; people who are enrolled by then stay enrolled. */
  signal?: AbortSignal
}

export interface EnrollProgress {
  /** Enrolled or refused. */
  readonly done: number
  readonly refused: number
}

/** What became of one of many people; `index` is their place in what was passed, from 0. */
export type Enrolled =
  | { readonly index: number; readonly person: Person; readonly error?: undefined }
  | { readonly index: number; readonly person?: undefined; readonly error: unknown }

const enrollAllOptions: OptionShape<EnrollAllOptions> = {
  atOnce: optional(integer(1, 1000)),
  onProgress: optional(callback),
  signal: optional(abortSignal),
}

/**
 * Enrolls many people, several at once, and yields each one's outcome in the order given. A person who is refused, such
 * as for a bad picture, does not stop the others. People are taken from the source only as they are needed.
 *
 * @throws VisavisError `invalid_option`; the signal's reason; what the source throws.
 */
export async function* enrollAll(
  matcher: Pick<FaceMatcher, 'persons'>,
  people: Iterable<NewPerson> | AsyncIterable<NewPerson>,
  options: EnrollAllOptions = {},
): AsyncGenerator<Enrolled, void, undefined> {
  checkOptions('options', enrollAllOptions, options)
  const { atOnce = 4, onProgress, signal } = options
  const underWay: Promise<Enrolled>[] = []
  const progress = { done: 0, refused: 0 }
  const enroll = async (person: NewPerson, index: number): Promise<Enrolled> => {
    const enrolled = await matcher.persons.create(person, signal === undefined ? {} : { signal }).then(
      (made): Enrolled => ({ index, person: made }),
      (error: unknown): Enrolled => ({ index, error }),
    )
    signal?.throwIfAborted()
    progress.done++
    if (enrolled.person === undefined) progress.refused++
    onProgress?.({ ...progress })
    return enrolled
  }
  let count = 0
  try {
    for await (const person of people) {
      signal?.throwIfAborted()
      const enrolling = enroll(person, count++)
      // Awaited in its turn; until then its rejection must not be an unhandled one.
      enrolling.catch(() => undefined)
      underWay.push(enrolling)
      if (underWay.length === atOnce) yield (await underWay.shift()) as Enrolled
    }
    while (underWay.length > 0) yield (await underWay.shift()) as Enrolled
  } finally {
    // Where the caller stops early, enrollments under way end first.
    await Promise.allSettled(underWay)
  }
}
