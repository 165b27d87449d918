/**
 * Stands in for MediaPipe's own WebAssembly runtime, which the face package imports but never reaches when it runs on
 * TensorFlow.js. It would add megabytes, and it is a script that looks for its files on a CDN, not a module.
 */
export function FaceMesh() {
  throw new Error('This build finds faces with TensorFlow.js only.')
}
