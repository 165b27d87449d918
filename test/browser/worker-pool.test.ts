import { describeRecognizerPool } from '../contracts/recognizer-pool.ts'
import { loadPhoto } from '../support/photo-browser.ts'
import { startWorker } from '../support/worker-browser.ts'

describeRecognizerPool('createRecognizerPool in a page', { startWorker, loadPhoto })
