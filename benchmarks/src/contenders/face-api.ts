import path from 'node:path'
import type * as FaceApi from '@vladmandic/face-api'
import { ownPipeline, type Contender } from './contender.ts'
import { packageFolder, require, wasmFolder } from './modules.ts'

/**
 * The tiny detector's options that serve face-api best on crops: of its input sizes 96, 128, 160, 224 and 416 (its
 * default) the one that finds the most faces, which is also the fastest. Its default threshold of 0.5 loses faces.
 */
const detectorOptions = { inputSize: 96, scoreThreshold: 0.1 }

/** face-api's documented way to a descriptor with its fastest detector: tiny detector, 68 landmarks, descriptor. */
export async function createFaceApi(): Promise<Contender> {
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void }
  wasm.setWasmPaths(wasmFolder())
  const folder = packageFolder('@vladmandic/face-api')
  const faceapi = require(path.join(folder, 'dist/face-api.node-wasm.js')) as typeof FaceApi
  // The build's own TensorFlow.js, whose types are not those of the package.
  const tf = faceapi.tf as unknown as typeof import('@tensorflow/tfjs-core')
  await tf.setBackend('wasm')
  await tf.ready()
  const models = path.join(folder, 'model')
  await faceapi.nets.tinyFaceDetector.loadFromDisk(models)
  await faceapi.nets.faceLandmark68Net.loadFromDisk(models)
  await faceapi.nets.faceRecognitionNet.loadFromDisk(models)
  const options = new faceapi.TinyFaceDetectorOptions(detectorOptions)
  return {
    operations: {
      [ownPipeline]: async ({ width, height, data }) => {
        const crop = tf.tensor3d(new Uint8Array(data), [height, width, 3], 'int32')
        const face = await faceapi
          .detectSingleFace(crop as unknown as FaceApi.TNetInput, options)
          .withFaceLandmarks()
          .withFaceDescriptor()
        crop.dispose()
        return face?.descriptor ?? { refused: 'no_face' }
      },
    },
  }
}
