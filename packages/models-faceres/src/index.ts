/**
 * Where this package's own files lie, by name: `createRecognizer({ model: 'dlib+faceres', assets: assetUrls })`. Each is
 * a literal `new URL`, which is what bundlers look for when they copy files into an app.
 */
export const assetUrls: Readonly<Record<string, URL>> = {
  'hse-faceres.json': new URL('../assets/hse-faceres.json', import.meta.url),
  'hse-faceres.bin': new URL('../assets/hse-faceres.bin', import.meta.url),
}
