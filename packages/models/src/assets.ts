/** Size and SHA-256 of every built file, written by `node build/main.ts --accept` and checked at each build and load. */
export const assets: Record<AssetName, { bytes: number; sha256: string }> = {
  'face-detector.json': {
    bytes: 38460,
    sha256: 'ef1ba4e53e7cbc42bd7d9fcee7fb70f5a6c3bf9304367ae409ecf48630fcb760',
  },
  'face-detector.bin': {
    bytes: 203132,
    sha256: '0ab8c1a26217126a685d9a936e59df1b17173a86acc120496a389928725f3fe0',
  },
  'face-mesh.json': {
    bytes: 48557,
    sha256: 'd4234dbd8025cdaae2cae552213c342dc6c2fce3771d6d0e81435c44c66e299f',
  },
  'face-mesh.bin': {
    bytes: 1209482,
    sha256: 'f586ee48ab5121cba1b568b435a19c0c288d80dbbef373e648c020acaea89fd3',
  },
  'dlib-resnet.json': {
    bytes: 63110,
    sha256: '9cff3c5b669ed679803faac96e0be61888f8efdf6e108f3924320a784b72d817',
  },
  'dlib-resnet.bin': {
    bytes: 5891240,
    sha256: '9bc36194a03a6bddb0a72834392501f9b469fb13848f020b8d81f7c1b763e487',
  },
  'tfjs-backend-wasm-simd.wasm': {
    bytes: 424594,
    sha256: '77ebb28a6d34f371dbbf2086b7f2de8994acd8ea5a3cf1fa24d2c26c840cac7b',
  },
}

export type AssetName =
  | 'face-detector.json'
  | 'face-detector.bin'
  | 'face-mesh.json'
  | 'face-mesh.bin'
  | 'dlib-resnet.json'
  | 'dlib-resnet.bin'
  | 'tfjs-backend-wasm-simd.wasm'
