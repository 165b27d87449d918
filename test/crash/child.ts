/**
 * Works on a store until it is killed, and tells on its standard output what it begins and what it has done:
 * `node child.ts '<ChildTask as JSON>'`.
 */
import { createMatcher, encryptedStore, exportCollection, importCollection, memoryStore } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { colorRecognizer, pictureOf } from '../support/color-recognizer.ts'
import { changePeople, type ChildWord, type PeopleTask } from './change-people.ts'

export interface ChildTask extends PeopleTask {
  readonly kind: 'people' | 'import' | 'reembed' | 'rotate'
  readonly file: string
  /** With `reembed`: the model to bring people over to. */
  readonly model: string
  /** With `rotate`: the byte that fills the key. */
  readonly secret: number
  /** With `import`: the batch to begin with. */
  readonly batch: number
}

const task = JSON.parse(process.argv[2] as string) as ChildTask

function say(word: ChildWord): void {
  // At once, so that what was said is known even if the next moment is the last.
  writeSync(1, `${JSON.stringify(word)}\n`)
}

const plain = await sqliteStore({ path: task.file })
const encrypted = task.kind === 'rotate' ? await encryptedStore(plain, keyOf(task.secret)) : undefined
const matcher = await createMatcher({
  recognizer: colorRecognizer(task.model),
  store: encrypted ?? plain,
  index: task.kind === 'people' ? { kind: 'usearch', graphFrom: 5 } : 'packed',
})
// Who is killed does not come to do it at the end.
flushCompileCache()
say({ at: 'open' })

const works: Record<ChildTask['kind'], () => Promise<void>> = {
  people: () => changePeople(matcher, task, say),
  import: importBatches,
  reembed: async () => {
    await matcher.reembed({ onProgress: ({ people }) => say({ at: 'done', step: people }) })
    await waitForTheEnd()
  },
  rotate: async () => {
    await Promise.all([changePeople(matcher, task, say), rotate()])
  },
}
await works[task.kind]()

function keyOf(byte: number): { key: Uint8Array } {
  return { key: new Uint8Array(32).fill(byte) }
}

/** Imports the same people over and over, each time with other names. */
async function importBatches(): Promise<void> {
  const source = await createMatcher({ recognizer: colorRecognizer(), store: memoryStore() })
  for (let i = 0; i < 120; i++) await source.persons.create({ id: `b${i}`, name: 'x', images: [pictureOf(i)] })
  for (let batch = task.batch; ; batch++) {
    for (let i = 0; i < 120; i++) await source.persons.update(`b${i}`, { name: `Batch ${batch}` })
    say({ at: 'begin', step: batch })
    await importCollection(matcher, exportCollection(source))
    say({ at: 'done', step: batch })
  }
}

async function rotate(): Promise<void> {
  await encrypted?.resumeRotation()
  for (let secret = task.secret + 1; ; secret++) {
    say({ at: 'begin', step: secret })
    await encrypted?.rotateSecret(keyOf(secret % 256))
    say({ at: 'done', step: secret })
  }
}

function waitForTheEnd(): Promise<never> {
  say({ at: 'end' })
  setInterval(() => undefined, 1000)
  return new Promise(() => {})
}
