/**
 * Where this package's own files lie, by name. Each is a literal `new URL`, which is what bundlers look for when they
 * copy files into an app.
 */
export const assetUrls: Readonly<Record<string, URL>> = {
  'face-detector.json': new URL('../assets/face-detector.json', import.meta.url),
  'face-detector.bin': new URL('../assets/face-detector.bin', import.meta.url),
  'face-mesh.json': new URL('../assets/face-mesh.json', import.meta.url),
  'face-mesh.bin': new URL('../assets/face-mesh.bin', import.meta.url),
  'dlib-resnet.json': new URL('../assets/dlib-resnet.json', import.meta.url),
  'dlib-resnet.bin': new URL('../assets/dlib-resnet.bin', import.meta.url),
  'tfjs-backend-wasm-simd.wasm': new URL('../assets/tfjs-backend-wasm-simd.wasm', import.meta.url),
}
