/**
 * Stands in for the WebAssembly backend's threaded half, which visavis never starts: it would add a hundred kilobytes
 * and code that makes workers out of blobs, which strict Content-Security-Policies and bundlers stumble over.
 */
export const wasmWorkerContents = ''

export default function createThreadedModule() {
  throw new Error('This build runs in one thread.')
}
