import { indexedDbStore } from '@visavis/core/indexeddb'
import { expect, it } from 'vitest'
import { account, check, type Numbers } from '../crash/account.ts'
import type { BrowserTask } from '../crash/browser-child.ts'
import type { ChildWord } from '../crash/change-people.ts'
import { seeded } from '../crash/seeded.ts'

const seed = Date.now() % 2 ** 31

/** Lets a worker work until it has said so many words, and a moment more, and terminates it. */
async function runAndEnd(task: BrowserTask, words: number, pause: number): Promise<ChildWord[]> {
  const worker = new Worker(new URL('../crash/browser-child.ts', import.meta.url), { type: 'module' })
  const { port1, port2 } = new MessageChannel()
  const said: ChildWord[] = []
  const enough = new Promise<void>((resolve) => {
    port1.addEventListener('message', ({ data }: MessageEvent<ChildWord>) => {
      said.push(data)
      if (said.length === words) resolve()
    })
  })
  port1.start()
  worker.postMessage(task, [port2])
  await enough
  await new Promise((resolve) => {
    setTimeout(resolve, pause)
  })
  worker.terminate()
  // What was said before the end may still be on its way.
  await new Promise((resolve) => {
    setTimeout(resolve, 50)
  })
  port1.close()
  return said
}

it(`has everybody after its worker was ended, 20 times (seed ${seed})`, async () => {
  const random = seeded(seed)
  const name = `visavis-crash-${crypto.randomUUID()}`
  let known: Numbers = new Map()
  for (let kill = 0; kill < 20; kill++) {
    const task = { name, seed: random(2 ** 31), people: Object.fromEntries(known) }
    const said = await runAndEnd(task, 1 + random(30), random(12))
    known = await check(await indexedDbStore({ name }), account(known, said))
  }
  expect(known.size).toBeGreaterThan(2)
  indexedDB.deleteDatabase(name)
})
