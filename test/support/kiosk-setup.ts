import type { ImageLike } from '@visavis/core'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { writeCameraVideo } from './fake-camera.ts'
import { buildKiosk, kioskSources, launch, launchOptions, openKiosk, type Kiosk, type KioskOptions } from './kiosk.ts'

export interface KioskSetupOptions {
  /** What the browser's camera sees, see {@link writeCameraVideo}. @default there is no camera */
  camera?: ImageLike
  /** Builds a kiosk that may ask a cloud. @default it asks nobody */
  withCloud?: boolean
  /** Builds a kiosk with the models of this folder. @default dlib alone */
  models?: string
}

/** A built kiosk and a browser for the tests of a file. */
export interface KioskSetup {
  /** For whatever else tests write; gone after them. */
  readonly folder: string
  /** The folder of the built kiosk. */
  readonly root: string
  readonly browser: Browser
  /** The address that the kiosk was built to ask, and its port, where nobody listens yet. */
  readonly cloud: { readonly url: string; readonly port: number }
  /** A kiosk with a server of its own, and unless another context is passed with a profile of its own. Closed after the test. */
  open(options?: Partial<KioskOptions>): Promise<Kiosk>
  /** A browser process of its own over a profile in this folder, with the same camera: all that it keeps is there the next time. */
  launchProfile(profile: string): Promise<BrowserContext>
}

export function setUpKiosk({ camera, withCloud = false, models }: KioskSetupOptions = {}): KioskSetup {
  const opened: Kiosk[] = []
  let folder: string
  let root: string
  let browser: Browser
  let port: number
  let cameraArgs: string[] = []
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'visavis-kiosk-'))
    root = path.join(folder, 'built')
    if (withCloud) port = await freePort()
    await buildKiosk(kioskSources, root, {
      ...(withCloud && { VITE_KIOSK_CLOUD: setup.cloud.url }),
      ...(models !== undefined && { KIOSK_MODELS: models }),
    })
    if (camera !== undefined) {
      const video = path.join(folder, 'camera.y4m')
      await writeCameraVideo(video, camera)
      cameraArgs = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${video}`]
    }
    browser = await launch(...cameraArgs)
  })
  afterEach(async () => {
    for (const kiosk of opened.splice(0)) await kiosk.close()
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })
  const setup: KioskSetup = {
    get folder() {
      return folder
    },
    get root() {
      return root
    },
    get browser() {
      return browser
    },
    get cloud() {
      return { url: `http://127.0.0.1:${port}`, port }
    },
    async open({ context, ...options } = {}) {
      const kiosk = await openKiosk({
        context: context ?? (await browser.newContext()),
        root,
        ...(withCloud && { cloud: setup.cloud.url }),
        ...options,
      })
      opened.push(kiosk)
      return kiosk
    },
    launchProfile: (profile) =>
      chromium.launchPersistentContext(path.join(folder, profile), {
        ...launchOptions(cameraArgs),
        permissions: camera === undefined ? [] : ['camera'],
      }),
  }
  return setup
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
