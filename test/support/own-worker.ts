/** A worker's file of an app's own: it tells people apart by colors, and counts how its index is searched. */
import {
  createMatcher,
  memoryStore,
  VisavisError,
  type IndexFactory,
  type Store,
  type VectorIndex,
} from '@visavis/core'
import { serveMatcher, serveRecognizer } from '@visavis/worker/serve'
import { colorRecognizer, pictureOf } from './color-recognizer.ts'

interface OwnSettings {
  readonly model: string
  /** In whose templates a hundred people are enrolled. */
  readonly previous?: string
  readonly fails?: boolean
  /** The number of a picture that is looked at for ever. */
  readonly stuckAt?: number
}

serveMatcher({
  async open({ settings, index }) {
    const { model, previous, fails = false } = settings as OwnSettings
    if (fails) throw new VisavisError('store_unavailable', 'The drawer is locked; unlock it.')
    if (previous !== undefined) {
      return { recognizer: colorRecognizer(model), previous: colorRecognizer(previous), store: await storeOf(previous) }
    }
    return { recognizer: colorRecognizer(model), ...(index === undefined && { index: listIndex }) }
  },
})
serveRecognizer({
  open({ settings }) {
    const { model, stuckAt } = settings as OwnSettings
    const recognizer = colorRecognizer(model)
    const stuck = stuckAt === undefined ? undefined : pictureOf(stuckAt).data[0]
    return {
      ...recognizer,
      recognize: (image, options) => {
        while (image.data[0] === stuck);
        return recognizer.recognize(image, options)
      },
    }
  },
})

/** A store with people whose templates a model has made. */
async function storeOf(model: string): Promise<Store> {
  const store = memoryStore()
  const { close } = store
  store.close = async () => {}
  const matcher = await createMatcher({ recognizer: colorRecognizer(model), store })
  for (let i = 0; i < 100; i++) await matcher.persons.create({ id: `p${i}`, name: 'x', images: [pictureOf(i)] })
  await matcher.close()
  store.close = close
  return store
}

/** An index of the app's own: a list that is gone through. */
const listIndex: IndexFactory = ({ dimensions }): VectorIndex => {
  const vectors = new Map<number, Float32Array>()
  return {
    dimensions,
    get size() {
      return vectors.size
    },
    get memoryBytes() {
      return vectors.size * dimensions * 4
    },
    reserve: () => undefined,
    add: (key, vector) => void vectors.set(key, vector.slice()),
    remove: (key) => vectors.delete(key),
    finishErasing: async () => undefined,
    get: (key) => vectors.get(key)?.slice(),
    keys: () => vectors.keys(),
    search: (probe, { limit, leastSimilarity = -1, among }) =>
      [...vectors]
        .filter(([key]) => among === undefined || among.has(key))
        .map(([key, vector]) => ({ key, similarity: vector.reduce((sum, value, i) => sum + value * probe[i]!, 0) }))
        .filter(({ similarity }) => similarity >= leastSimilarity)
        .sort((a, b) => b.similarity - a.similarity || a.key - b.key)
        .slice(0, limit),
    settled: async () => undefined,
    dispose: () => vectors.clear(),
  }
}
