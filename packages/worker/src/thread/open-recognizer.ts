import type { Recognizer } from '@visavis/core'
import type { RecognizerRequest } from '../protocol.ts'

/** Makes a recognizer. Where it throws, `createRecognizerPool` rejects with the same. */
export type OpenRecognizer = (request: RecognizerRequest) => Recognizer | Promise<Recognizer>
