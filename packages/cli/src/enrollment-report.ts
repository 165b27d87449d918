import type { Enrollment } from './enroller.ts'
import { paint } from './output.ts'
import type { RefusedFile } from './person-folders.ts'
import { printable } from './printable.ts'
import { formatTable } from './table.ts'

export interface EnrollmentRun {
  readonly store: string
  /** Its name. */
  readonly collection: string | null
  readonly enrollments: readonly Enrollment[]
  readonly misplaced: readonly RefusedFile[]
  /** How many people the run did not come to, because it was stopped. */
  readonly missed: number
  readonly milliseconds: number
}

/** On a terminal the rest of a longer list is only counted. */
const mostRows = 20

/** What an enrollment came to. */
export class EnrollmentReport {
  readonly #run: EnrollmentRun

  constructor(run: EnrollmentRun) {
    this.#run = run
  }

  /** As `--json` prints it. */
  document(): object {
    const { store, collection, missed, milliseconds } = this.#run
    const people = (status: Enrollment['status']): object[] =>
      this.#with(status).map(({ id, name, folder, pictures }) => ({ id, name, folder, pictures }))
    return {
      store,
      collection,
      enrolled: people('enrolled'),
      replaced: people('replaced'),
      skipped: this.#with('skipped').map(({ id, name, folder }) => ({ id, name, folder })),
      failed: this.#with('failed').map(({ id, name, folder, error }) => ({ id, name, folder, ...error })),
      refused: this.#refused(),
      interrupted: missed > 0,
      milliseconds: Math.round(milliseconds),
    }
  }

  /** For people. */
  lines(): string[] {
    return [...this.#summary(), ...this.#people(), ...this.#problems()]
  }

  #summary(): string[] {
    const { store, collection, missed, milliseconds } = this.#run
    const into = printable(collection === null ? store : `${store}, collection ${collection}`)
    const enrolled = this.#with('enrolled')
    const pictures = count(enrolled.flatMap((one) => one.pictures).length, 'picture')
    const took = `${(milliseconds / 1000).toFixed(1)} s`
    const first = `Enrolled ${countPeople(enrolled.length)} with ${pictures} into ${into} in ${took}.`
    const lines = [paint(enrolled.length > 0 ? 'green' : 'yellow', first)]
    const replaced = this.#with('replaced').length
    if (replaced > 0) lines.push(`Replaced the pictures of ${countPeople(replaced)}.`)
    const skipped = this.#with('skipped').length
    if (skipped > 0)
      lines.push(`Passed over ${countPeople(skipped)} enrolled before; --replace gives them the new pictures.`)
    if (missed > 0) lines.push(paint('yellow', `Stopped before ${countPeople(missed)}; who was enrolled stays.`))
    return lines
  }

  #people(): string[] {
    const done = [...this.#with('enrolled'), ...this.#with('replaced')]
    if (done.length === 0) return []
    const table = formatTable(
      [{ title: 'Person' }, { title: 'Pictures', align: 'right' }, { title: 'Id' }],
      done.slice(0, mostRows).map(({ name, pictures, id }) => [printable(name), String(pictures.length), id ?? '']),
    )
    const rest = done.length - mostRows
    return ['', ...table, ...(rest > 0 ? [`... and ${rest} more; --json lists all.`] : [])]
  }

  #problems(): string[] {
    const lines: string[] = []
    const failed = this.#with('failed')
    if (failed.length > 0) {
      lines.push('', paint('red', `Not enrolled: ${countPeople(failed.length)}`))
      lines.push(...failed.map(({ name, error }) => `  ${printable(`${name}: ${error?.message ?? ''}`)}`))
    }
    const refused = this.#refused()
    if (refused.length > 0) {
      lines.push('', paint('yellow', `Refused: ${count(refused.length, 'file')}`))
      lines.push(...refused.map(({ file, message }) => `  ${printable(`${file}: ${message}`)}`))
    }
    return lines
  }

  #with(status: Enrollment['status']): Enrollment[] {
    return this.#run.enrollments.filter((one) => one.status === status)
  }

  #refused(): RefusedFile[] {
    return [...this.#run.enrollments.flatMap((one) => one.refused), ...this.#run.misplaced]
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function countPeople(number: number): string {
  return number === 1 ? '1 person' : `${number} people`
}
