import path from 'node:path'
import { packageFolder, require } from '../../contenders/modules.ts'
import { faceApi, type FaceApi } from './face-api.ts'
import { hnswlib } from './hnswlib.ts'
import { human, type Human } from './human.ts'
import type { Rival } from './rival.ts'
import { usearchExact, usearchGraph } from './usearch.ts'

/** The rivals that are measured in Node. */
export const rivalsInNode: readonly Rival[] = [
  human(() => Promise.resolve(build('@vladmandic/human', 'human') as Human)),
  faceApi(() => Promise.resolve(build('@vladmandic/face-api', 'face-api') as FaceApi)),
  hnswlib,
  usearchGraph,
  usearchExact,
]

/** The builds for Node are not among the packages' exports. */
function build(name: string, file: string): unknown {
  return require(path.join(packageFolder(name), `dist/${file}.node-wasm.js`))
}
