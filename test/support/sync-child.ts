/** A process that syncs a collection into a file and says when it begins and what came of it; it may be killed at any time. */
import { createMatcher } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { createVerifikClient, syncCollection } from '@visavis/remote'
import { colorRecognizer } from './color-recognizer.ts'

const [path = '', baseUrl = '', collectionId = '', token = ''] = process.argv.slice(2)
await using matcher = await createMatcher({ recognizer: colorRecognizer(), store: await sqliteStore({ path }) })
const client = createVerifikClient({ baseUrl, token, server: 'visavis' })
process.stdout.write('begins\n')
const { complete, resumed, pictures } = await syncCollection({ client, matcher, collectionId })
process.stdout.write(`${JSON.stringify({ complete, resumed, pictures })}\n`)
