/** A process that syncs a collection and tells how many people are read, until it is killed. */
import { createMatcher } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { createVerifikClient, syncCollection } from '@visavis/remote'
import { createRecognizerPool } from '@visavis/worker'

const [path = '', baseUrl = '', token = '', collectionId = ''] = process.argv.slice(2)
const matcher = await createMatcher({ recognizer: await createRecognizerPool(), store: await sqliteStore({ path }) })
await syncCollection({
  client: createVerifikClient({ baseUrl, token, server: 'visavis' }),
  matcher,
  collectionId,
  onProgress: ({ people }) => process.send?.(people),
})
await matcher.close()
process.disconnect()
