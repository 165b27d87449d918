import { assets } from './assets.ts'
import { dlibResnetCalibration } from './dlib-resnet-calibration.ts'
import type { AssetFile, EmbedderManifest, NetworkManifest } from './manifest.ts'

/** BlazeFace, short range: finds the faces of a picture in which they span a tenth of it or more. */
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
