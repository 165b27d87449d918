import { isVisavisError } from '@visavis/core'
import { Cloud } from './cloud.ts'
import { CloudPanel } from './cloud-panel.ts'
import { CollectionSync } from './collection-sync.ts'
import { connectConnectionBadge } from './connection-badge.ts'
import { element } from './element.ts'
import { Kiosk } from './kiosk.ts'
import { CollectionsPanel } from './collections-panel.ts'
import { KeptData } from './kept-data.ts'
import { openMatcher } from './matcher.ts'
import { followVersions, keepOfflineCopy, startNewestVersion } from './offline-copy.ts'
import { PeoplePanel } from './people-panel.ts'
import { RecognitionPanel } from './recognition-panel.ts'
import { loadSettings } from './settings.ts'
import { SettingsPanel } from './settings-panel.ts'
import { Stage } from './stage.ts'
import { SyncPanel } from './sync-panel.ts'
import { TabTurn } from './tab-turn.ts'
import { connectTabs } from './tabs.ts'
import { Visit } from './visit.ts'
import { describeError } from './words.ts'

const stage = new Stage()

connectConnectionBadge()
connectTabs(document.querySelector('[role=tablist]') as HTMLElement)
followVersions()
const turn = new TabTurn()
turn.onTurn(() => showOtherTab(false))
await turn.wait()
showOtherTab(!turn.isOurs)
if (turn.isOurs) await startNewestVersion()
await start(true)

function showOtherTab(isOpen: boolean): void {
  element('other-tab', HTMLElement).hidden = !isOpen
}

async function start(keep: boolean): Promise<void> {
  const title = 'Getting ready'
  stage.showMessage({ title, text: 'The recognition models are being loaded, 8 MB, once.' })
  let isReady = false
  const onProgress = ({ people, total }: { people: number; total: number }): void => {
    // A worker that takes the place of another one reads them, too, while the page goes on.
    if (!isReady && total > 0) stage.showMessage({ title, text: `People are read: ${people} of ${total}.` })
  }
  try {
    const settings = loadSettings()
    const kiosk = new Kiosk(await openMatcher({ keep, settings, onProgress }), turn, settings)
    isReady = true
    const keptData = new KeptData(keep)
    keptData.connect()
    new PeoplePanel(kiosk).connect()
    new CollectionsPanel(kiosk).connect()
    new SettingsPanel(kiosk).connect()
    new RecognitionPanel(kiosk, keep).connect()
    const cloud = new Cloud(kiosk)
    const sync = new CollectionSync(kiosk)
    new SyncPanel(kiosk, sync, keptData).connect()
    new CloudPanel(kiosk, cloud, sync).connect()
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
