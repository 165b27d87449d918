import type { IndexName, SearchMode } from '@visavis/core'

/** A collection of the cloud that is kept on this device. */
export interface CopiedCollection {
  id: string
  name: string
}

/** The indexes of a browser. */
export type KioskIndex = Exclude<IndexName, 'usearch-native'>

export interface Settings {
  mode: SearchMode
  /** 0.5 to 1. */
  minScore: number
  /** The collection that is searched; `null` for all people. */
  collectionId: string | null
  /** How templates are searched in memory. */
  index: KioskIndex
  /** What makes templates, by its name. */
  model: string
  /** What made the templates of the people here and answers until they are brought over to {@link Settings.model}. */
  previousModel: string | null
  /** Whether the camera was running, and so starts by itself after a power cut. */
  camera: boolean
  /** Whether faces that are not recognized here are sent to the cloud. */
  cloud: boolean
  /** The collections of the cloud that are kept on this device, too. */
  copied: readonly CopiedCollection[]
  /** The device id of the camera that was chosen. */
  cameraId: string | null
}

const key = 'visavis-kiosk'
const defaults: Settings = {
  mode: 'FAST',
  minScore: 0.8,
  collectionId: null,
  index: 'auto',
  model: 'dlib',
  previousModel: null,
  camera: false,
  cloud: false,
  copied: [],
  cameraId: null,
}

/** The settings of the last time, as far as they are valid. */
export function loadSettings(): Settings {
  const saved = read()
  const { mode, minScore, collectionId, index, model, previousModel, camera, cloud, copied, cameraId } = saved
  return {
    mode: mode === 'ACCURATE' ? mode : defaults.mode,
    minScore: typeof minScore === 'number' && minScore >= 0.5 && minScore <= 1 ? minScore : defaults.minScore,
    collectionId: typeof collectionId === 'string' ? collectionId : null,
    index: index === 'packed' || index === 'usearch' ? index : defaults.index,
    // One that this kiosk lacks is said to be missing, when it is opened.
    model: typeof model === 'string' ? model : defaults.model,
    previousModel: typeof previousModel === 'string' ? previousModel : null,
    camera: camera === true,
    cloud: cloud === true,
    copied: Array.isArray(copied) ? copied.filter(isCopied) : defaults.copied,
    cameraId: typeof cameraId === 'string' ? cameraId : null,
  }
}

function isCopied(one: unknown): one is CopiedCollection {
  const { id, name } = (one ?? {}) as Partial<Record<keyof CopiedCollection, unknown>>
  return typeof id === 'string' && typeof name === 'string'
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(key, JSON.stringify(settings))
  } catch {
    // Without storage they last as long as the page.
  }
}

function read(): Partial<Record<keyof Settings, unknown>> {
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return typeof saved === 'object' && saved !== null ? saved : {}
  } catch {
    return {}
  }
}
