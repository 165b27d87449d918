import { convertTflite } from './convert-tflite.ts'
import type { GraphModelWriter, GraphModelFiles } from '../src/convert/graph-model-writer.ts'

const origin = '@mediapipe/face_mesh 0.4.1657299874'

/**
 * BlazeFace, short range: a picture [1, height, width, 3] in -1..1, sides multiples of 16 (it was made for 128), to a
 * logit for each anchor, `classificator_8` [1, height / 8, width / 8, 2] and `classificator_16` [1, height / 16,
 * width / 16, 6], and a row of 16 values for each, `regressor_8` and `regressor_16`, in pixels from the middle of the
 * anchor's cell. The file flattens and joins the four, which would bind it to one size of picture.
 */
export function convertFaceDetector(packed: Uint8Array, index: string): GraphModelFiles {
  return convertTflite(packedFile(packed, index, 'face_detection_short_range.tflite'), {
    origin: `${origin}, face_detection_short_range.tflite`,
    inputShape: [1, -1, -1, 3],
    leftOut: ['RESHAPE', 'CONCATENATION'],
    finish: (writer, names) => {
      for (const stride of [8, 16]) {
        const anchors = stride === 8 ? 2 : 6
        writer.output(named(names, `classificator_${stride}`), [1, -1, -1, anchors])
        writer.output(named(names, `regressor_${stride}`), [1, -1, -1, anchors * 16])
      }
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
  const start = index.indexOf('[', index.indexOf('"files":'))
  const end = index.indexOf(']', start) + 1
  if (start < 0 || end === 0) throw new Error('the packed assets loader lists no files')
  const files = JSON.parse(index.slice(start, end)) as { filename: string; start: number; end: number }[]
  const entry = files.find((file) => file.filename.endsWith(`/${name}`))
  if (entry === undefined) throw new Error(`the packed assets have no ${name}`)
  return new Uint8Array(packed.subarray(entry.start, entry.end))
}
