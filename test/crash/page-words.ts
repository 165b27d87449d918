import type { ChildWord, PeopleTask } from './change-people.ts'

/** What a page is to do. */
export interface PageTask extends PeopleTask {
  readonly kind: 'people' | 'swap' | 'import' | 'reembed' | 'rotate'
  readonly name: string
  readonly model: string
  /** With `rotate`: the bytes that may fill the key. */
  readonly secrets: readonly number[]
  /** With `swap` and `import`: the batch to begin with. */
  readonly batch: number
  /** Whether another page may have the store for writing. */
  readonly beside: boolean
}

/** What is in the store, in a shape that leaves the page. */
export interface Found {
  readonly people: readonly { id: string; name: string | null; modelId: string; template: number[]; faces: number }[]
  readonly areas: readonly string[]
  readonly batch: string | undefined
  readonly outdated: number
  /** The bytes that open the store, of those that may. */
  readonly secrets: readonly number[]
}

declare global {
  /** Tells the test, and waits until it has heard. */
  var say: (word: ChildWord) => Promise<void>
  var openStore: (task: PageTask) => Promise<Found>
  /** Waits until the page that writes is gone. */
  var takeTurn: () => Promise<Found>
  /** Who is found by each picture, or why nobody is. */
  var find: (numbers: readonly number[]) => Promise<(readonly [number, string[] | string])[]>
  var work: (task: PageTask) => Promise<void>
  /** Enrolls so many people. */
  var enroll: (people: number) => Promise<void>
  /** Enrolls so many people with large thumbnails; how many of them were, and why no more. */
  var fill: (people: number) => Promise<{ enrolled: string[]; code: string | undefined }>
}

/** How many people a swap or an import brings. */
export const batchPeople = 24
