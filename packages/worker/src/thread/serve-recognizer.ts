import { serve } from './greeting.ts'
import type { OpenRecognizer } from './open-recognizer.ts'
import { RecognizerService } from './recognizer-service.ts'

/**
 * Makes a worker's file the home of one recognizer of a pool. To be called once, before the file awaits anything; the file
 * is passed as `worker` to `createRecognizerPool`.
 *
 * @throws VisavisError `worker_load_failed` where this thread is no worker
 */
export function serveRecognizer({ open }: { open: OpenRecognizer }): void {
  serve('recognizer', () => new RecognizerService(open))
}
