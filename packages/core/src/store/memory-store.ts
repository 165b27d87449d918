import type { CollectionRecord, PersonQuery, PersonRecord, PersonTemplates, Store, StoreChange } from './store.ts'

/** A store that lasts as long as the process: for tests, demonstrations, and galleries made anew at each start. */
export function memoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore implements Store {
  readonly #persons: Map<string, PersonRecord> = new Map()
  readonly #collections: Map<string, CollectionRecord> = new Map()

  async write(changes: readonly StoreChange[]): Promise<void> {
    for (const change of changes) this.#apply(change)
  }

  async *templates(): AsyncIterable<PersonTemplates> {
    for (const { id, collectionIds, faces } of this.#sorted()) {
      yield { personId: id, collectionIds, faces: faces.map(({ modelId, template }) => ({ modelId, template })) }
    }
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
    const wanted = name?.toLowerCase()
    const found = this.#sorted().filter(
      (person) =>
        (collectionId === undefined || person.collectionIds.includes(collectionId)) &&
        (wanted === undefined || (person.name ?? '').toLowerCase().includes(wanted)),
    )
    return { persons: found.slice(offset, offset + limit), total: found.length }
  }

  async collections(): Promise<CollectionRecord[]> {
    return [...this.#collections.values()]
  }

  async close(): Promise<void> {
    this.#persons.clear()
    this.#collections.clear()
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put_person':
        this.#persons.set(change.person.id, copy(change.person))
        return
      case 'delete_person':
        this.#persons.delete(change.id)
        return
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
      }
    }
  }

  #sorted(): PersonRecord[] {
    return [...this.#persons.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }
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
