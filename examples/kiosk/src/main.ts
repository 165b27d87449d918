import { isVisavisError } from '@visavis/core'
import { Cloud } from './cloud.ts'
import { CloudPanel } from './cloud-panel.ts'
import { connectConnectionBadge } from './connection-badge.ts'
import { element } from './element.ts'
import { Kiosk } from './kiosk.ts'
import { CollectionsPanel } from './collections-panel.ts'
import { KeptData } from './kept-data.ts'
import { openMatcher } from './matcher.ts'
import { followVersions, keepOfflineCopy, startNewestVersion } from './offline-copy.ts'
import { PeoplePanel } from './people-panel.ts'
import { loadSettings } from './settings.ts'
import { SettingsPanel } from './settings-panel.ts'
import { Stage } from './stage.ts'
import { connectTabs } from './tabs.ts'
import { Visit } from './visit.ts'
import { describeError } from './words.ts'

const stage = new Stage()

connectConnectionBadge()
connectTabs(document.querySelector('[role=tablist]') as HTMLElement)
followVersions()
await holdTurn()
await startNewestVersion()
await start(true)

/** One tab at a time is the kiosk; another one waits until that is closed, and goes on then. */
async function holdTurn(): Promise<void> {
  // Without locks the store says what is the matter.
  if (navigator.locks === undefined) return
  const waiting = { title: 'Open in another tab', text: 'The kiosk goes on here as soon as the other tab is closed.' }
  const timer = setTimeout(() => stage.showMessage(waiting), 500)
  await new Promise<void>((resolve) => {
    const holding = (): Promise<never> => {
      resolve()
      return new Promise(() => undefined)
    }
    // Where storage is denied, so are locks; the store says so.
    navigator.locks.request('visavis kiosk tab', holding).catch(() => resolve())
  })
  clearTimeout(timer)
}

async function start(keep: boolean): Promise<void> {
  stage.showMessage({ title: 'Getting ready', text: 'The recognition models are being loaded, 8 MB, once.' })
  try {
    const kiosk = new Kiosk(await openMatcher({ keep }), loadSettings())
    const keptData = new KeptData(keep)
    keptData.connect()
    new PeoplePanel(kiosk).connect()
    new CollectionsPanel(kiosk).connect()
    new SettingsPanel(kiosk).connect()
    const cloud = new Cloud(kiosk)
    new CloudPanel(kiosk, cloud).connect()
    new Visit(kiosk, cloud, stage, keptData).connect()
    for (const id of ['watch-bar', 'side']) element(id, HTMLElement).inert = false
    void keepOfflineCopy()
  } catch (error) {
    const again = { label: 'Try again', run: () => void start(keep) }
    const without = { label: 'Go on without keeping people', run: () => void start(false) }
    const actions = isVisavisError(error, 'store_unavailable') ? [again, without] : [again]
    stage.showMessage(describeError(error), ...actions)
  }
}
