import { createMatcher, memoryStore, type LocalMatcher, type Store } from '@visavis/core'
import { syncCollection, type SyncOptions, type SyncReport } from '@visavis/remote'
import { afterEach, beforeEach } from 'vitest'
import { colorRecognizer, pictureOf } from './color-recognizer.ts'
import { PeopleService, personId, pictureText, servedPerson, staff } from './people-service.ts'
import { search, setUpClients } from './verifik-client.ts'

/** The collection that is synced where nothing else is said. */
export const collectionId = staff.code

/** For each test a service with 120 people, and a gallery that is empty. */
export function setUpSync() {
  const on = {
    setup: setUpClients(),
    service: undefined as unknown as PeopleService,
    store: undefined as unknown as Store,
    matcher: undefined as unknown as LocalMatcher,
  }

  beforeEach(async () => {
    on.service = new PeopleService(await Promise.all(Array.from({ length: 120 }, (_, i) => servedPerson(i))))
    on.setup.session.otherwise = on.service.answer
    await open(memoryStore())
  })

  afterEach(() => on.matcher.close())

  async function open(kept: Store, recognizer = colorRecognizer()): Promise<void> {
    on.store = kept
    on.matcher = await createMatcher({ recognizer, store: kept })
  }

  function sync(options: Partial<SyncOptions> = {}): Promise<SyncReport> {
    return syncCollection({ client: on.setup.connect(), matcher: on.matcher, collectionId, ...options })
  }

  async function whoIs(number: number, options: { collectionId?: string } = {}): Promise<string | undefined> {
    const { candidates } = await on.matcher.search(pictureOf(number), { ...search, minScore: 0.9, ...options })
    return candidates[0]?.id
  }

  /** Everything about the people of a collection that a sync brings. */
  async function here(id = collectionId): Promise<object[]> {
    const people = await on.matcher.records.persons(await on.matcher.records.ids(id))
    return people.map(({ id: _id, name, modifiedAt, faces }) => ({
      _id,
      name,
      updatedAt: modifiedAt,
      pictures: faces.map((face) => Buffer.from(face.thumbnail).toString('base64')),
      templates: faces.map(({ template }) => template.length > 0),
    }))
  }

  function there(collection = staff._id, isUsable: (id: string) => boolean = () => true): object[] {
    return on.service.people
      .filter(({ collections }) => collections.includes(collection))
      .map(({ _id, name, updatedAt, thumbnails }) => ({
        _id,
        name,
        updatedAt,
        pictures: thumbnails.map(({ thumbnail }) => thumbnail),
        templates: thumbnails.map(() => isUsable(_id)),
      }))
      .sort((a, b) => (a._id < b._id ? -1 : 1))
  }

  /** As {@link here}; nobody before the first sync. */
  async function stored(): Promise<object[]> {
    return (await on.matcher.collections.get(collectionId)) === null ? [] : here()
  }

  function remove(number: number): void {
    on.service.people = on.service.people.filter(({ _id }) => _id !== personId(number))
  }

  async function change(number: number, picture: number): Promise<void> {
    const person = on.service.people.find(({ _id }) => _id === personId(number))
    if (person === undefined) throw new Error('There is no such person.')
    person.thumbnails = [{ id: `face-${picture}`, thumbnail: await pictureText(picture) }]
  }

  return { on, open, sync, whoIs, here, there, stored, remove, change }
}
