import type { PersonTemplates, StoreChange } from '../store/store.ts'
import { personNotFound, unknownCollection } from './not-found.ts'
import type { Held } from './held.ts'

/** What a list of changes would do, each applied after the ones before it; rejects a list that cannot be applied. */
export class ChangeEffects {
  readonly #held: Held
  readonly #collections: Set<string>
  /** Of the people that the changes put or delete: whether they are enrolled after them. */
  readonly #people: Map<string, boolean> = new Map()
  /** How many templates are added to memory. */
  templates = 0
  /** Whether something may be removed or replaced, so that it has to be erased. */
  replaces = false

  /** @throws VisavisError `person_not_found`, `collection_not_found`, `dimension_mismatch` */
  constructor(
    held: Held,
    changes: readonly StoreChange[],
    staged: ReadonlyMap<string, ReadonlyMap<string, PersonTemplates>>,
  ) {
    this.#held = held
    this.#collections = new Set(held.collections.keys())
    for (const change of changes) this.#check(change, staged)
  }

  #check(change: StoreChange, staged: ReadonlyMap<string, ReadonlyMap<string, PersonTemplates>>): void {
    switch (change.kind) {
      case 'put_person':
        this.#put({ ...change.person, personId: change.person.id })
        return
      case 'put_staged':
        staged.get(change.area)?.forEach((person) => this.#put(person))
        break
      case 'stage_person':
        this.#held.people.check(change.person.faces)
        break
      case 'delete_person':
        this.#people.set(change.id, false)
        break
      case 'join_collection':
        if (!this.#isEnrolled(change.personId)) throw personNotFound()
        if (!this.#collections.has(change.collectionId)) throw unknownCollection()
        return
      case 'leave_collection':
        if (!this.#isEnrolled(change.personId)) throw personNotFound()
        break
      case 'put_collection':
        this.replaces ||= this.#collections.has(change.collection.id)
        this.#collections.add(change.collection.id)
        return
      case 'delete_collection':
        this.#collections.delete(change.id)
    }
    this.replaces = true
  }

  #put({ personId, collectionIds, faces }: PersonTemplates): void {
    for (const id of collectionIds) if (!this.#collections.has(id)) throw unknownCollection()
    this.#held.people.check(faces)
    this.templates += faces.length
    this.replaces ||= this.#isEnrolled(personId)
    this.#people.set(personId, true)
  }

  #isEnrolled(personId: string): boolean {
    return this.#people.get(personId) ?? this.#held.people.has(personId)
  }
}
