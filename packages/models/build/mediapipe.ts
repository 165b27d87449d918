import { convertTflite } from './convert-tflite.ts'
import type { GraphModelWriter, GraphModelFiles } from '../src/convert/graph-model-writer.ts'

const origin = '@mediapipe/face_mesh 0.4.1657299874'

/**
 * BlazeFace, short range: [1, 128, 128, 3] in -1..1 to `Identity` [1, 896, 17], each anchor's logit and then its box
 * and six points, as `@tensorflow-models/face-detection` reads them.
 */
export function convertFaceDetector(packed: Uint8Array, index: string): GraphModelFiles {
  return convertTflite(packedFile(packed, index, 'face_detection_short_range.tflite'), {
    origin: `${origin}, face_detection_short_range.tflite`,
    finish: (writer, names) => {
      const axis = writer.int32('Identity/axis', [], [2])
      const parts = [named(names, 'classificators'), named(names, 'regressors'), axis]
      writer.node('Identity', 'ConcatV2', parts, { N: { i: '2' } })
      writer.output('Identity', [1, 896, 17])
    },
  })
}

/**
 * The face mesh: [1, 192, 192, 3] in 0..1 to `output_mesh` [1, 1404], 468 points of x, y, z in pixels of the input,
 * and `output_faceflag` [1, 1], the probability that the input shows a face.
 */
export function convertFaceMesh(packed: Uint8Array, index: string): GraphModelFiles {
  return convertTflite(packedFile(packed, index, 'face_landmark.tflite'), {
    origin: `${origin}, face_landmark.tflite`,
    finish: (writer, names) => {
      reshape(writer, 'output_mesh', named(names, 'conv2d_21'), [1, 1404])
      // The file's flag is a logit.
      const flag = reshape(writer, 'faceflag_logit', named(names, 'conv2d_31'), [1, 1])
      writer.node('output_faceflag', 'Sigmoid', [flag])
      writer.output('output_mesh', [1, 1404])
      writer.output('output_faceflag', [1, 1])
    },
  })
}

function reshape(writer: GraphModelWriter, name: string, input: string, shape: number[]): string {
  return writer.node(name, 'Reshape', [input, writer.int32(`${name}/shape`, [shape.length], shape)])
}

function named(names: Map<string, string>, tensor: string): string {
  const node = names.get(tensor)
  if (node === undefined) throw new Error(`the TFLite file has no tensor ${tensor}`)
  return node
}

/** The byte ranges stand in the package's own loader script; they are read from there. */
function packedFile(packed: Uint8Array, index: string, name: string): Uint8Array {
  const list = /"files":\s*(\[.*?\])/s.exec(index)?.[1]
  if (list === undefined) throw new Error('the packed assets loader lists no files')
  const files = JSON.parse(list) as { filename: string; start: number; end: number }[]
  const entry = files.find((file) => file.filename.endsWith(`/${name}`))
  if (entry === undefined) throw new Error(`the packed assets have no ${name}`)
  return new Uint8Array(packed.subarray(entry.start, entry.end))
}
