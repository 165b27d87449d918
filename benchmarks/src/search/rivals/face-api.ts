import type * as FaceApiBuild from '@vladmandic/face-api'
import { faceAt } from '../faces.ts'
import type { Rival } from './rival.ts'

/** A build of face-api, as far as it is used. */
export type FaceApi = Pick<typeof FaceApiBuild, 'FaceMatcher' | 'LabeledFaceDescriptors'>

/** Beyond any distance of two unit vectors: the best match is to be given, however far it is. */
const anyDistance = 3

/** face-api's `FaceMatcher`, each template under a label of its own. */
export function faceApi(load: () => Promise<FaceApi>): Rival {
  return {
    name: 'face-api',
    async create(faces) {
      const { FaceMatcher, LabeledFaceDescriptors } = await load()
      const labeled = Array.from(
        { length: faces.count },
        (_, key) => new LabeledFaceDescriptors(String(key), [faceAt(faces, key)]),
      )
      const matcher = new FaceMatcher(labeled, anyDistance)
      return { search: (query) => Number(matcher.findBestMatch(query).label) }
    },
  }
}
