/** Works on a store in IndexedDB until its worker is terminated; says through a port what it does. */
import { createMatcher } from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import { colorRecognizer } from '../support/color-recognizer.ts'
import { changePeople, type PeopleTask } from './change-people.ts'

export interface BrowserTask extends PeopleTask {
  readonly name: string
}

addEventListener('message', ({ data, ports }: MessageEvent<BrowserTask>) => {
  const [port] = ports
  if (port !== undefined) void work(data, port)
})

async function work(task: BrowserTask, port: MessagePort): Promise<void> {
  const store = await indexedDbStore({ name: task.name })
  const matcher = await createMatcher({ recognizer: colorRecognizer(), store })
  await changePeople(matcher, task, (word) => port.postMessage(word))
}
