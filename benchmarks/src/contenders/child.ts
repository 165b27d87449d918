/** The process that a contender runs in; see process.ts. Its arguments are the contender's name and visavis's model. */
import type { PackName } from '@visavis/models'
import { readPicture } from '../picture.ts'
import type { Contender, ContenderName } from './contender.ts'
import type { Reply, Request } from './process.ts'

const [, , name, model] = process.argv

const create: Record<ContenderName, () => Promise<Contender>> = {
  visavis: async () => (await import('./visavis.ts')).createVisavis(model as PackName),
  'face-api': async () => (await import('./face-api.ts')).createFaceApi(),
  human: async () => (await import('./human.ts')).createHuman(),
}

const contender = create[name as ContenderName]()
// The first request rejects with it; before one, it must not be an unhandled rejection.
contender.catch(() => undefined)
let turn: Promise<unknown> = Promise.resolve()

process.on('message', (request: Request) => {
  turn = turn.then(() => reply(request)).then((answer) => process.send?.(answer))
})
process.on('disconnect', () => process.exit(0))

async function reply({ id, picture, operations }: Request): Promise<Reply> {
  try {
    const { operations: known } = await contender
    const pixels = 'file' in picture ? await readPicture(picture.file, picture.size) : picture
    const outcomes = []
    const milliseconds = []
    for (const wanted of operations) {
      const operation = known[wanted]
      if (operation === undefined) throw new Error(`there is no operation ${wanted}`)
      const started = performance.now()
      outcomes.push(await operation(pixels))
      milliseconds.push(performance.now() - started)
    }
    return { id, outcomes, milliseconds }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
