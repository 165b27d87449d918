import type { Recognizer } from '@visavis/core'
import type { RecognizerRequest } from '../protocol.ts'
import { serve } from './greeting.ts'
import { RecognizerService } from './recognizer-service.ts'

/** Makes a recognizer. Where it throws, `createRecognizerPool` rejects with the same. */
export type OpenRecognizer = (request: RecognizerRequest) => Recognizer | Promise<Recognizer>

/**
 * Makes a worker's file the home of one recognizer of a pool. To be called once, before the file awaits anything; the file
 * is passed as `worker` to `createRecognizerPool`.
 *
 * @throws VisavisError `worker_load_failed` where this thread is no worker
 */
export function serveRecognizer({ open }: { open: OpenRecognizer }): void {
  serve('recognizer', () => new RecognizerService(open))
}
