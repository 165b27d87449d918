import type {
  Crop,
  FaceMatcher,
  ImageLike,
  NewPerson,
  Person,
  PersonChanges,
  SearchOptions,
  SearchResult,
} from '@visavis/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, type PhotoNumber } from '../support/people.ts'
import { cut, type CropOptions, type Photo } from '../support/photo.ts'
import { rejects } from '../support/rejects.ts'

export interface FaceMatcherContract {
  create: () => Promise<FaceMatcher>
  loadPhoto: (number: PhotoNumber) => Promise<Photo>
  /** What its answers say they come from. @default 'local' */
  source?: SearchResult['source']
}

const search = { minScore: 0.7, mode: 'ACCURATE' } as const

/** Lets a camera write its next frame, of somebody else, into pictures. */
function overwrite(crops: Crop[], next: Crop): void {
  const { data } = next as ImageLike
  for (const one of crops) {
    const bytes = (one as ImageLike).data
    // A worker has moved them away, which is as well.
    if (bytes.length > 0) bytes.set(data.subarray(0, bytes.length))
  }
  crops.splice(0, crops.length, next)
}

/** What every FaceMatcher keeps, wherever it works. Call it in a test file of the implementation. */
export function describeFaceMatcher(name: string, { create, loadPhoto, source = 'local' }: FaceMatcherContract): void {
  describe(`${name} keeps the contract of FaceMatcher`, () => {
    let matcher: FaceMatcher
    const photos = new Map<PhotoNumber, Photo>()
    let staff: string
    let guests: string

    /** A crop of a person: the enrolled one, or with `changes` another look at them. */
    const crop = (person: string, changes: Partial<CropOptions> = {}): Crop => {
      const { photo, ...place } = people[person] as (typeof people)[string]
      return cut(photos.get(photo) as Photo, { ...place, ...changes })
    }
    const otherLook = (person: string): Crop => {
      const { x, y, size } = people[person] as (typeof people)[string]
      return crop(person, { x: x + 14, y: y - 9, size: size * 1.13, pixels: 96, mirror: true, gain: 0.8 })
    }
    const enroll = (person: string, more: Partial<NewPerson> = {}): ReturnType<FaceMatcher['persons']['create']> =>
      matcher.persons.create({ id: person, name: person, images: [crop(person)], ...more })

    const found = async (person: string, options: Partial<SearchOptions> = {}): Promise<string[]> =>
      (await matcher.search(otherLook(person), { ...search, ...options })).candidates.map(({ id }) => id)

    /** Asks with three looks at Ada, over which the next frame is written at once. */
    const ask = <T>(call: (crops: Crop[]) => Promise<T>): Promise<T> => {
      const crops = [otherLook('Ada'), crop('Ada', { size: 420 }), crop('Ada', { gain: 0.8 })]
      const asked = call(crops)
      overwrite(crops, crop('Eva'))
      return asked
    }

    beforeAll(async () => {
      matcher = await create()
      for (const number of [3, 6] as const) photos.set(number, await loadPhoto(number))
      staff = (await matcher.collections.create({ name: 'Staff', description: 'Day shift' })).id
      guests = (await matcher.collections.create({ name: 'Guests' })).id
      await enroll('Ada', {
        gender: 'F',
        dateOfBirth: '1988-11-30',
        nationality: 'AR',
        notes: 'Front desk',
        collections: [staff],
      })
      await enroll('Bea', {
        images: [crop('Bea'), crop('Bea', { size: 380 }), crop('Bea', { x: 780, gain: 0.9 })],
        collections: [staff, guests],
      })
      await enroll('Eva', { collections: [guests] })
    })

    afterAll(() => matcher?.close())

    for (const mode of ['FAST', 'ACCURATE'] as const) {
      it(`finds everyone enrolled first from another look at them, ${mode}`, async () => {
        for (const person of ['Ada', 'Bea', 'Eva']) {
          const { candidates } = await matcher.search(otherLook(person), { ...search, mode })
          expect(candidates[0]?.id).toBe(person)
        }
      })
    }

    it('finds nobody for people who are not enrolled', async () => {
      for (const person of ['Cleo', 'Dora', 'Fay', 'Gina']) {
        expect(await found(person, { minScore: 0.9 })).toEqual([])
      }
    })

    it('answers with everything a candidate has', async () => {
      const result = await matcher.search(otherLook('Ada'), search)
      expect(result.source).toBe(source)
      expect(result.id).toMatch(/^\w+$/)
      const [ada] = result.candidates
      expect(ada).toMatchObject({
        id: 'Ada',
        name: 'Ada',
        gender: 'F',
        dateOfBirth: '1988-11-30',
        nationality: 'AR',
        notes: 'Front desk',
        collections: [{ id: staff, name: 'Staff', description: 'Day shift', count: 2 }],
      })
      expect(ada?.score).toBeGreaterThanOrEqual(0.7)
      expect(ada?.score).toBeLessThanOrEqual(1)
      expect(new Date(ada?.createdAt ?? '').toISOString()).toBe(ada?.createdAt)
      expect(ada?.thumbnails).toHaveLength(1)
      expect([...(ada?.thumbnails[0]?.image.subarray(0, 3) ?? [])]).toEqual([0xff, 0xd8, 0xff])
    })

    it('lists a person once however many views are enrolled, best first', async () => {
      const { candidates } = await matcher.search(otherLook('Bea'), { ...search, minScore: 0.5 })
      expect(candidates.filter(({ id }) => id === 'Bea')).toHaveLength(1)
      const scores = candidates.map(({ score }) => score)
      expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    })

    it('takes two and three crops of one face', async () => {
      const crops = [otherLook('Ada'), crop('Ada', { size: 420 }), crop('Ada', { gain: 0.7 })]
      for (const some of [crops.slice(0, 2), crops]) {
        expect((await matcher.search(some, search)).candidates[0]?.id).toBe('Ada')
      }
    })

    it('answers what it was asked, whatever its caller does with pictures and options meanwhile', async () => {
      const asking = { ...search, collectionId: staff, maxResults: 3 }
      const calls = [
        ask((crops) => matcher.search(crops, asking)),
        ask((crops) => matcher.search(crops, { ...search })),
        ask((crops) => matcher.search(crops[0] as Crop, { ...search })),
      ]
      Object.assign(asking, { minScore: 2, mode: 'NONE', collectionId: 'nowhere', maxResults: 0 })
      for (const { candidates } of await Promise.all(calls)) expect(candidates[0]?.id).toBe('Ada')

      expect((await ask((crops) => matcher.verify('Ada', crops, search))).match?.id).toBe('Ada')
      expect(await ask((crops) => matcher.compare(crop('Ada'), crops, search))).toMatchObject({ passed: true })
      expect(await ask((crops) => matcher.compare(crops, crop('Ada'), search))).toMatchObject({ passed: true })
      expect(await ask((crops) => matcher.detect(crops[0] as Crop))).toHaveLength(1)
    })

    it('enrolls whom it was told to, whatever becomes of what told it meanwhile', async () => {
      const passed = { id: 'Fay', name: 'Fay', images: [crop('Fay')], collections: [guests] }
      const creating = matcher.persons.create(passed)
      const { data } = passed.images[0] as ImageLike
      if (data.length > 0) data.set((crop('Gina') as ImageLike).data)
      Object.assign(passed, { id: 'Gina', name: 'Gina' })
      passed.images.push(crop('Gina'))
      passed.collections.push('nowhere')
      expect(await creating).toMatchObject({ id: 'Fay', name: 'Fay', collections: [{ id: guests }] })
      expect(await found('Fay', { minScore: 0.8 })).toEqual(['Fay'])
      const changes = { name: 'F.', images: [crop('Fay', { size: 400 })], collections: [staff] }
      const updating = matcher.persons.update('Fay', changes)
      changes.images[0] = crop('Gina')
      changes.name = 'G.'
      changes.collections[0] = 'nowhere'
      expect(await updating).toMatchObject({ name: 'F.', collections: [{ id: staff }] })
      expect(await found('Fay', { minScore: 0.8 })).toEqual(['Fay'])
      await matcher.persons.delete('Fay')
    })

    it('cuts at minScore and at maxResults', async () => {
      const { candidates } = await matcher.search(otherLook('Ada'), { ...search, minScore: 0.5 })
      const best = candidates[0]?.score as number
      expect(await found('Ada', { minScore: best })).toEqual(['Ada'])
      // Another person's look: their best score is below 1, so something can be asked that is above it.
      const others = await matcher.search(otherLook('Gina'), { ...search, minScore: 0.5 })
      const stricter = Math.max(0.5, ...others.candidates.map(({ score }) => score)) + 1e-6
      expect(await found('Gina', { minScore: stricter })).toEqual([])
      const one = await matcher.search(otherLook('Ada'), { ...search, minScore: 0.5, maxResults: 1 })
      expect(one.candidates.map(({ id }) => id)).toEqual(['Ada'])
    })

    it('searches in the collection that is asked for', async () => {
      expect(await found('Eva', { collectionId: guests, minScore: 0.9 })).toEqual(['Eva'])
      expect(await found('Eva', { collectionId: staff, minScore: 0.9 })).toEqual([])
    })

    it('refuses a collection that does not exist', async () => {
      await rejects(matcher.search(otherLook('Ada'), { ...search, collectionId: 'nowhere' }), 'collection_not_found')
      await rejects(enroll('Fay', { collections: ['nowhere'] }), 'collection_not_found')
      await rejects(matcher.persons.list({ collectionId: 'nowhere' }), 'collection_not_found')
      await rejects(matcher.collections.delete('nowhere'), 'collection_not_found')
      expect(await matcher.collections.get('nowhere')).toBeNull()
    })

    it('refuses options out of range', async () => {
      const face = otherLook('Ada')
      const wrong: object[] = [
        { minScore: Number.NaN },
        { minScore: 0.49 },
        { minScore: 1.01 },
        { minScore: '0.7' },
        { mode: 'fast' },
        { maxResults: 0 },
        { maxResults: 101 },
        { maxResults: 2.5 },
        { maxResults: Number.NaN },
        { collectionId: '' },
      ]
      for (const options of wrong) await rejects(matcher.search(face, { ...search, ...options }), 'invalid_option')
      await rejects(matcher.search([], search), 'invalid_option')
      await rejects(matcher.search([face, face, face, face], search), 'invalid_option')
      await rejects(enroll('Fay', { images: [] }), 'invalid_option')
      await rejects(enroll('Fay', { dateOfBirth: '1988-02-30' }), 'invalid_option')
      await rejects(enroll('Fay', { name: '' }), 'invalid_option')
      await rejects(matcher.persons.list({ limit: 101 }), 'invalid_option')
      for (const collection of [undefined, {}, { name: '' }, { name: 'n'.repeat(51) }]) {
        await rejects(matcher.collections.create(collection as never), 'invalid_option')
      }
      await rejects(matcher.collections.update(staff, undefined as never), 'invalid_option')
    })

    it("rejects with the signal's reason where it is aborted", async () => {
      const reason = new Error('enough')
      const signal = AbortSignal.abort(reason)
      await expect(matcher.search(otherLook('Ada'), { ...search, signal })).rejects.toBe(reason)
      const fay = { id: 'Fay', name: 'Fay', images: [crop('Fay')] }
      await expect(matcher.persons.create(fay, { signal })).rejects.toBe(reason)
      await expect(matcher.persons.update('Ada', { name: 'Fay' }, { signal })).rejects.toBe(reason)
      expect(await matcher.persons.get('Fay')).toBeNull()
    })

    it('refuses an id that is taken and leaves the person as they are', async () => {
      await rejects(enroll('Ada', { images: [crop('Fay')] }), 'person_exists')
      expect((await found('Ada'))[0]).toBe('Ada')
      expect(await found('Fay', { minScore: 0.9 })).toEqual([])
    })

    it('enrolls all pictures of a person or none', async () => {
      const wall = { width: 120, height: 120, data: new Uint8Array(120 * 120 * 3).fill(200) }
      const call = enroll('Fay', { images: [crop('Fay'), wall] })
      await expect(call).rejects.toMatchObject({ code: 'no_face', picture: 2 })
      expect(await matcher.persons.get('Fay')).toBeNull()
      expect(await found('Fay', { minScore: 0.9 })).toEqual([])
    })

    it('verifies a person', async () => {
      const right = await matcher.verify('Ada', otherLook('Ada'), search)
      expect(right.match?.id).toBe('Ada')
      expect(right.score).toBe(right.match?.score)
      const wrong = await matcher.verify('Ada', otherLook('Gina'), { ...search, minScore: 0.9 })
      expect(wrong.match).toBeNull()
      expect(wrong.score).toBeLessThan(right.score)
      await rejects(matcher.verify('Nobody', otherLook('Ada'), search), 'person_not_found')
      await rejects(matcher.verify('Ada', otherLook('Ada'), { ...search, collectionId: guests }), 'person_not_found')
    })

    it('compares two pictures without enrolling anyone', async () => {
      const same = await matcher.compare(otherLook('Gina'), crop('Gina'), search)
      expect(same.passed).toBe(true)
      const different = await matcher.compare(otherLook('Gina'), crop('Dora'), { ...search, minScore: 0.9 })
      expect(different.passed).toBe(false)
      expect(different.score).toBeLessThan(same.score)
      expect((await matcher.persons.list()).total).toBe(3)
    })

    it('detects the faces of a photograph, and its crops find people', async () => {
      const faces = await matcher.detect(photos.get(6) as Photo)
      expect(faces).toHaveLength(4)
      for (const { x, y } of [people['Ada'], people['Bea'], people['Cleo'], people['Dora']] as CropOptions[]) {
        expect(faces.filter(({ box }) => x > box.left && x < box.right && y > box.top && y < box.bottom)).toHaveLength(
          1,
        )
      }
      const areas = faces.map(({ box }) => (box.right - box.left) * (box.bottom - box.top))
      expect(areas).toEqual(areas.toSorted((a, b) => b - a))
      const ada = faces.find(({ box }) => box.left < 352 && box.right > 352)
      expect((await matcher.search(ada?.thumbnail as Uint8Array, search)).candidates[0]?.id).toBe('Ada')
      const black = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) }
      expect(await matcher.detect(black)).toEqual([])
    })

    it('lists people page by page', async () => {
      const first = await matcher.persons.list({ limit: 2 })
      expect(first).toMatchObject({ page: 1, limit: 2, total: 3, pages: 2 })
      const second = await matcher.persons.list({ limit: 2, page: 2 })
      expect([...first.persons, ...second.persons].map(({ id }) => id)).toEqual(['Ada', 'Bea', 'Eva'])
      expect((await matcher.persons.list({ collectionId: guests })).persons.map(({ id }) => id)).toEqual(['Bea', 'Eva'])
      expect((await matcher.persons.list({ name: 'AD' })).persons.map(({ id }) => id)).toEqual(['Ada'])
    })

    it('updates what is named and nothing else', async () => {
      await enroll('Dora', { notes: 'Night shift', collections: [staff] })
      const updated = await matcher.persons.update('Dora', { name: 'Dora B.', collections: [guests] })
      expect(updated).toMatchObject({ name: 'Dora B.', notes: 'Night shift', collections: [{ id: guests }] })
      expect((await found('Dora', { collectionId: guests }))[0]).toBe('Dora')
      expect(await found('Dora', { collectionId: staff, minScore: 0.9 })).toEqual([])
      await matcher.persons.update('Dora', { images: [crop('Cleo')] })
      expect((await found('Cleo'))[0]).toBe('Dora')
      expect(await found('Dora', { minScore: 0.9 })).toEqual([])
      await rejects(matcher.persons.update('Nobody', { name: 'x' }), 'person_not_found')
      await matcher.persons.delete('Dora')
    })

    it('puts people into collections and takes them out, however many calls do so at once', async () => {
      const update = (changes: PersonChanges): Promise<Person> => matcher.persons.update('Dora', changes)
      await enroll('Dora', { notes: 'Night shift', collections: [staff, guests] })
      await Promise.all([update({ leave: [staff] }), update({ leave: [guests] }), update({ name: 'Dora B.' })])
      const left = await matcher.persons.get('Dora')
      expect(left).toMatchObject({ name: 'Dora B.', notes: 'Night shift', collections: [] })
      expect(await found('Dora', { collectionId: guests, minScore: 0.9 })).toEqual([])
      await Promise.all([update({ join: [staff] }), update({ join: [guests], notes: null })])
      const back = await matcher.persons.get('Dora')
      expect(back?.collections.map(({ id }) => id).toSorted()).toEqual([staff, guests].toSorted())
      expect(back?.notes).toBeNull()
      expect((await found('Dora', { collectionId: guests }))[0]).toBe('Dora')
      expect(await update({ join: [staff], leave: [guests] })).toMatchObject({ collections: [{ id: staff }] })
      expect((await update({ leave: [guests] })).modifiedAt).toBe((await matcher.persons.get('Dora'))?.modifiedAt)
      await rejects(update({ join: ['nowhere'] }), 'collection_not_found')
      await rejects(update({ leave: ['nowhere'] }), 'collection_not_found')
      await rejects(update({ join: [staff], leave: [staff] }), 'invalid_option')
      await rejects(update({ join: [staff], collections: [] }), 'invalid_option')
      await rejects(matcher.persons.update('Nobody', { leave: [staff] }), 'person_not_found')
      await matcher.persons.delete('Dora')
    })

    it('finds nobody where they were deleted', async () => {
      await enroll('Gina')
      expect((await found('Gina'))[0]).toBe('Gina')
      await matcher.persons.delete('Gina')
      expect(await found('Gina', { minScore: 0.9 })).toEqual([])
      expect(await matcher.persons.get('Gina')).toBeNull()
      await rejects(matcher.persons.delete('Gina'), 'person_not_found')
    })

    it('manages collections', async () => {
      const { id } = await matcher.collections.create({ name: 'Night', description: 'after ten' })
      await rejects(matcher.collections.create({ id, name: 'again' }), 'collection_exists')
      await enroll('Fay', { collections: [id] })
      expect(await matcher.collections.get(id)).toMatchObject({ name: 'Night', description: 'after ten', count: 1 })
      expect(await matcher.collections.update(id, { name: 'Late' })).toMatchObject({ name: 'Late', count: 1 })
      expect((await matcher.collections.list()).map((collection) => collection.name)).toEqual([
        'Staff',
        'Guests',
        'Late',
      ])
      await matcher.collections.delete(id)
      expect((await matcher.persons.get('Fay'))?.collections).toEqual([])
      await rejects(matcher.search(otherLook('Fay'), { ...search, collectionId: id }), 'collection_not_found')
      await matcher.persons.delete('Fay')
    })

    it('answers many calls at once as it answers one', async () => {
      const lone = await matcher.search(otherLook('Ada'), search)
      const crowd = await Promise.all(Array.from({ length: 6 }, () => matcher.search(otherLook('Ada'), search)))
      for (const { candidates } of crowd) expect(candidates).toEqual(lone.candidates)
    })

    it('lets what is under way end before it closes, with an answer or a word that it was closed', async () => {
      const other = await create()
      const creating = other.persons.create({ id: 'Ada', name: 'Ada', images: [crop('Ada')] })
      const calls = [
        creating,
        other.search(otherLook('Ada'), search),
        other.persons.list(),
        other.collections.create({ name: 'late' }),
      ]
      const closing = other.close()
      for (const result of await Promise.allSettled(calls)) {
        const code: unknown = result.status === 'fulfilled' ? 'answered' : (result.reason as { code?: string }).code
        expect(['answered', 'matcher_closed']).toContain(code)
      }
      await closing
    })

    it('refuses calls after it was closed', async () => {
      const other = await create()
      await other.close()
      await other.close()
      await rejects(other.search(otherLook('Ada'), search), 'matcher_closed')
      await rejects(other.persons.list(), 'matcher_closed')
      await rejects(other.collections.create({ name: 'late' }), 'matcher_closed')
    })
  })
}
