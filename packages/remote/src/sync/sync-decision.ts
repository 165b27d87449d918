import {
  isVisavisError,
  type Collection,
  type GalleryRecords,
  type LocalMatcher,
  type Person,
  type PersonRecord,
} from '@visavis/core'
import type { VerifikClient } from '../client/client.ts'
import { faultOf } from './service-record.ts'
import type { SyncCheckpoint } from './sync-checkpoint.ts'
import { digestsOf, type SyncMark, type SyncProblemCode } from './sync-mark.ts'
import { readPictures, withPictures } from './sync-pictures.ts'

/** What is to be done about a person of the service. */
export interface SyncDecision {
  readonly personId: string
  /**
   * `staged`: new or changed, and staged; `elsewhere`: their id is that of a person who was enrolled here; `refused`:
   * the service's record cannot be stored, so what is here of the person stays; `outside`: the service itself says that
   * they are not in the collection.
   */
  readonly kind: 'unchanged' | 'staged' | 'elsewhere' | 'refused' | 'outside'
  readonly problem: SyncProblemCode | undefined
  /** With `refused`: the field that is wrong, where it is one. */
  readonly field?: string
  /** How many pictures were shown to the recognizer. */
  readonly pictures: number
  /** What is to be staged. */
  readonly fresh?: { readonly person: PersonRecord; readonly mark: SyncMark }
  /** Whether an earlier run had staged them. */
  readonly resumed?: boolean
}

export interface SyncDecisionsOptions {
  readonly client: Pick<VerifikClient, 'persons'>
  readonly matcher: Pick<LocalMatcher, 'records'>
  /** As the service has it. */
  readonly collection: Collection
  readonly signal: AbortSignal
  readonly dryRun: boolean
}

/** Decides about the people of the service, one by one, and reads the pictures of those who are new or have changed. */
export class SyncDecisions {
  readonly #options: SyncDecisionsOptions
  readonly #records: GalleryRecords
  readonly #marks: ReadonlyMap<string, SyncMark>
  readonly #checkpoint: SyncCheckpoint
  /** The ids of the people whom an earlier run has staged. */
  readonly #putBy: ReadonlySet<string>

  constructor(options: SyncDecisionsOptions, marks: ReadonlyMap<string, SyncMark>, checkpoint: SyncCheckpoint) {
    this.#options = options
    this.#records = options.matcher.records
    this.#marks = marks
    this.#checkpoint = checkpoint
    this.#putBy = new Set(checkpoint.marks.keys())
  }

  /** @param faultOfRow The field of the row that is known to be wrong, where one is. */
  async decide(given: Person, faultOfRow: string | undefined): Promise<SyncDecision> {
    const { client, collection, signal, dryRun } = this.#options
    const { id: personId } = given
    // Verifik takes digits out of names, and may so leave nothing.
    const row = { ...given, name: given.name === '' ? null : given.name }
    const fault = faultOfRow ?? faultOf(row)
    if (fault !== undefined) return { personId, kind: 'refused', problem: 'invalid_record', field: fault, pictures: 0 }
    if (row.collections.length > 0 && !row.collections.some(({ id }) => id === collection.id)) {
      return { personId, kind: 'outside', problem: 'another_collection', pictures: 0 }
    }
    const [local] = await this.#records.persons([personId])
    const mark = this.#marks.get(personId)
    const isMember = local?.collectionIds.includes(collection.id) === true
    if (local !== undefined && mark === undefined && !isMember) {
      return { personId, kind: 'elsewhere', problem: 'person_exists', pictures: 0 }
    }
    const person = await withPictures(row, client, signal).catch((error: unknown) => {
      // The answer about one person is none; those about the others may be well.
      if (isVisavisError(error, 'bad_response')) return undefined
      throw error
    })
    if (person === undefined) return { personId, kind: 'refused', problem: 'bad_response', pictures: 0 }
    const digests = await digestsOf(person)
    if (local !== undefined && mark !== undefined && isMember && this.#isCurrent(local, mark, digests)) {
      return { personId, kind: 'unchanged', problem: mark.problem, pictures: 0 }
    }
    const staged = this.#checkpoint.marks.get(personId)
    if (staged !== undefined && isSame(staged, digests) && staged.modelId === this.#records.model.id) {
      const resumed = this.#putBy.has(personId)
      return { personId, kind: 'staged', problem: staged.problem, pictures: 0, resumed }
    }
    if (dryRun) return { personId, kind: 'staged', problem: undefined, pictures: 0 }
    return this.#renew(person, digests, local)
  }

  async #renew(
    person: Person,
    digests: Pick<SyncMark, 'details' | 'pictures'>,
    local: PersonRecord | undefined,
  ): Promise<SyncDecision> {
    const { id, name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt } = person
    const { collection, signal } = this.#options
    const mark = this.#marks.get(id)
    // Of the moment before pictures are read: where another one answers afterwards, the person is read again.
    const modelId = this.#records.model.id
    const keepsFaces = local !== undefined && mark?.pictures === digests.pictures && this.#isUntouched(local, mark)
    const { faces, problem, embedded } = keepsFaces
      ? { faces: local.faces, problem: mark.problem, embedded: 0 }
      : await readPictures(person, local, this.#records, signal)
    const details = { name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt }
    return {
      personId: id,
      kind: 'staged',
      problem,
      pictures: embedded,
      fresh: {
        person: { id, ...details, collectionIds: [collection.id], faces },
        mark: {
          ...digests,
          modifiedAt,
          modelId,
          collectionIds: [collection.id],
          ...(problem !== undefined && { problem }),
        },
      },
    }
  }

  #isCurrent(local: PersonRecord, mark: SyncMark, digests: Pick<SyncMark, 'details' | 'pictures'>): boolean {
    const { id } = this.#options.collection
    return isSame(mark, digests) && this.#isUntouched(local, mark) && mark.collectionIds.includes(id)
  }

  /** Whether the person is still as a sync has stored them, and has all the templates that this model makes. */
  #isUntouched(local: PersonRecord, mark: SyncMark): boolean {
    const { id } = this.#records.model
    const wasTried = mark.problem === undefined || mark.modelId === id
    return local.modifiedAt === mark.modifiedAt && wasTried && local.faces.every(({ modelId }) => modelId === id)
  }
}

function isSame(mark: SyncMark, { details, pictures }: Pick<SyncMark, 'details' | 'pictures'>): boolean {
  return mark.details === details && mark.pictures === pictures
}
