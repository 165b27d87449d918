import { joined, moved } from './memberships.ts'
import type { CollectionRecord, PersonQuery, PersonRecord, PersonTemplates, Store, StoreChange } from './store.ts'
import { nameMatcher } from '../values/name-matcher.ts'

/** A store that lasts as long as the process: for tests, demonstrations, and galleries made anew at each start. */
export function memoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore implements Store {
  readonly #persons: Map<string, PersonRecord> = new Map()
  readonly #collections: Map<string, CollectionRecord> = new Map()
  readonly #states: Map<string, string> = new Map()
  readonly #staged: Map<string, Map<string, PersonRecord>> = new Map()

  async write(changes: readonly StoreChange[]): Promise<void> {
    for (const change of changes) this.#apply(change)
  }

  async finishErasing(): Promise<void> {}

  async *templates(): AsyncIterable<PersonTemplates> {
    yield* sorted(this.#persons).map(toTemplates)
  }

  async persons(ids: readonly string[]): Promise<PersonRecord[]> {
    return ids.flatMap((id) => this.#persons.get(id) ?? [])
  }

  async listPersons({
    collectionId,
    name,
    offset,
    limit,
  }: PersonQuery): Promise<{ persons: PersonRecord[]; total: number }> {
    const isNamed = name === undefined ? undefined : nameMatcher(name)
    const found = sorted(this.#persons).filter(
      (person) =>
        (collectionId === undefined || person.collectionIds.includes(collectionId)) &&
        (isNamed === undefined || isNamed(person.name)),
    )
    return { persons: found.slice(offset, offset + limit), total: found.length }
  }

  async collections(): Promise<CollectionRecord[]> {
    return [...this.#collections.values()]
  }

  async state(key: string): Promise<string | undefined> {
    return this.#states.get(key)
  }

  async states(prefix: string): Promise<(readonly [string, string])[]> {
    return [...this.#states].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1))
  }

  async areas(): Promise<string[]> {
    return [...this.#staged.keys()]
  }

  async *staged(area: string): AsyncIterable<PersonRecord> {
    yield* sorted(this.#staged.get(area) ?? new Map())
  }

  async close(): Promise<void> {
    this.#persons.clear()
    this.#collections.clear()
    this.#states.clear()
    this.#staged.clear()
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put_person':
        this.#persons.set(change.person.id, copy(change.person))
        return
      case 'delete_person':
        this.#persons.delete(change.id)
        return
      case 'join_collection':
      case 'leave_collection': {
        const person = moved(this.#persons.get(change.personId), change)
        if (person !== undefined) this.#persons.set(person.id, person)
        return
      }
      case 'put_collection':
        this.#collections.set(change.collection.id, { ...change.collection })
        return
      case 'delete_collection': {
        this.#collections.delete(change.id)
        for (const [id, person] of this.#persons) {
          if (!person.collectionIds.includes(change.id)) continue
          const collectionIds = person.collectionIds.filter((collection) => collection !== change.id)
          this.#persons.set(id, { ...person, collectionIds })
        }
        return
      }
      case 'put_state':
        this.#states.set(change.key, change.value)
        return
      case 'delete_state':
        this.#states.delete(change.key)
        return
      case 'stage_person': {
        const area = this.#staged.get(change.area) ?? new Map<string, PersonRecord>()
        this.#staged.set(change.area, area.set(change.person.id, copy(change.person)))
        return
      }
      case 'unstage_person': {
        const area = this.#staged.get(change.area)
        area?.delete(change.id)
        if (area?.size === 0) this.#staged.delete(change.area)
        return
      }
      case 'put_staged':
        for (const [id, person] of this.#staged.get(change.area) ?? []) {
          const before = this.#persons.get(id)?.collectionIds ?? []
          this.#persons.set(id, { ...person, collectionIds: joined(person.collectionIds, before, change.within) })
        }
        this.#staged.delete(change.area)
        return
      case 'delete_staged':
        this.#staged.delete(change.area)
    }
  }
}

function sorted(persons: ReadonlyMap<string, PersonRecord>): PersonRecord[] {
  return [...persons.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function toTemplates({ id, collectionIds, faces }: PersonRecord): PersonTemplates {
  return { personId: id, collectionIds, faces: faces.map(({ modelId, template }) => ({ modelId, template })) }
}

/** The caller goes on owning the arrays it passed. */
function copy(person: PersonRecord): PersonRecord {
  return {
    ...person,
    collectionIds: [...person.collectionIds],
    faces: person.faces.map((face) => ({
      ...face,
      thumbnail: face.thumbnail.slice(),
      template: face.template.slice(),
    })),
  }
}
