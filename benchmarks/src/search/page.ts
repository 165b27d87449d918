/** What a page runs: see chromium.ts. */
import * as faceApiBuild from '@vladmandic/face-api'
import * as humanBuild from '@vladmandic/human'
import type { SuiteResult } from '../suite.ts'
import { measureSize, type SizeRequest } from './measure-size.ts'
import { faceApi } from './rivals/face-api.ts'
import { hnswlib } from './rivals/hnswlib.ts'
import { human } from './rivals/human.ts'
import type { Rival, SearchRivalName } from './rivals/rival.ts'

declare global {
  /** @param rivals Those of them that the page has are measured, too. */
  var measureInPage: (request: SizeRequest, rivals: readonly SearchRivalName[]) => Promise<SuiteResult>
}

const here: readonly Rival[] = [
  human(() => Promise.resolve(humanBuild)),
  faceApi(() => Promise.resolve(faceApiBuild)),
  hnswlib,
]

globalThis.measureInPage = (request, rivals) =>
  measureSize(
    request,
    here.filter(({ name }) => rivals.includes(name)),
  )
