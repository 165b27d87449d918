/**
 * Size and SHA-256 of the files that are made of other packages' files and are not in this one, written by
 * `node build/opt-in.ts --accept`. Weights are float16.
 */
export const optInAssets: Record<OptInAssetName, { bytes: number; sha256: string }> = {
  'hse-faceres.json': {
    bytes: 25887,
    sha256: 'd8d38b011e783e4f68de5010fc5e25ef501e2d445868a7ef744642612e8c15f6',
  },
  'hse-faceres.bin': {
    bytes: 6358516,
    sha256: 'c48c46456f3b3f70f9dc67000baeb14c515069ba1301ef89472e2eaf03e61d3a',
  },
  'mobilefacenet.json': {
    bytes: 85982,
    sha256: '25b8bb0c7a5c4bc7126078f86bfe5d0b6a0c6660003c3156c1244c4750f126fa',
  },
  'mobilefacenet.bin': {
    bytes: 2052360,
    sha256: 'd9890a2488e4569de3dafe3a630148833d41468334b9fa0994b486757eb60a5e',
  },
  'faceplugin-fr-feature.json': {
    bytes: 44568,
    sha256: 'fcfd3ef77bf3e11cbfd1764f41918529ea0237f4ebbd39ddf190db011821b8fd',
  },
  'faceplugin-fr-feature.bin': {
    bytes: 1346360,
    sha256: '8464cffcb054ee212a2ee4250682c6f3af262d9fcf24b126632cc16dd84db44a',
  },
}

export type OptInAssetName =
  | 'hse-faceres.json'
  | 'hse-faceres.bin'
  | 'mobilefacenet.json'
  | 'mobilefacenet.bin'
  | 'faceplugin-fr-feature.json'
  | 'faceplugin-fr-feature.bin'
