import { isVisavisError, type LocalMatcher } from '@visavis/core'
import { Cloud } from './cloud.ts'
import { CloudPanel } from './cloud-panel.ts'
import { CollectionSync } from './collection-sync.ts'
import { connectConnectionBadge } from './connection-badge.ts'
import { element } from './element.ts'
import { Kiosk } from './kiosk.ts'
import { CollectionsPanel } from './collections-panel.ts'
import { KeptData } from './kept-data.ts'
import { isModelFault, openMatcher, type OpenOptions } from './matcher.ts'
import { followVersions, keepOfflineCopy, startNewestVersion } from './offline-copy.ts'
import { PeoplePanel } from './people-panel.ts'
import { RecognitionPanel } from './recognition-panel.ts'
import { loadSettings, saveSettings, type Settings } from './settings.ts'
import { SettingsPanel } from './settings-panel.ts'
import { Stage } from './stage.ts'
import { SyncPanel } from './sync-panel.ts'
import { TabTurn } from './tab-turn.ts'
import { connectTabs } from './tabs.ts'
import { Visit } from './visit.ts'
import { showToast } from './toast.ts'
import { describeError, type Words } from './words.ts'

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
  stage.showMessage({ title, text: 'The recognition models are being loaded, 8 MB or more, once.' })
  let isReady = false
  const onProgress = ({ people, total }: { people: number; total: number }): void => {
    // A worker that takes the place of another one reads them, too, while the page goes on.
    if (!isReady && total > 0) stage.showMessage({ title, text: `People are read: ${people} of ${total}.` })
  }
  try {
    const { matcher, settings } = await open(keep, onProgress)
    const kiosk = new Kiosk(matcher, turn, settings)
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
    const { model, previousModel } = loadSettings()
    const dlib = { label: 'Use dlib instead', run: () => startWithDlib(keep) }
    if (isVisavisError(error, 'store_unavailable')) stage.showMessage(describeError(error), again, without)
    else if (isModelFault(error) && model !== 'dlib')
      stage.showMessage(describeMissing([model, previousModel]), again, dlib)
    else stage.showMessage(describeError(error), again)
  }
}

/**
 * The matcher as it is set; where the model that is to follow another cannot be loaded, as before: nobody is locked out
 * because a file is missing.
 */
async function open(
  keep: boolean,
  onProgress: OpenOptions['onProgress'],
): Promise<{ matcher: LocalMatcher; settings: Settings }> {
  const settings = loadSettings()
  const { model, previousModel } = settings
  try {
    return { matcher: await openMatcher({ keep, settings, onProgress }), settings }
  } catch (error) {
    if (!isModelFault(error) || previousModel === null) throw error
    const before = { ...settings, model: previousModel, previousModel: null }
    const matcher = await openMatcher({ keep, settings: before, onProgress })
    saveSettings(before)
    showToast({ title: `The model is still ${previousModel}`, text: `${model} could not be loaded.` })
    return { matcher, settings: before }
  }
}

/** People are brought over without the model that is missing, and recognized when all of them are. */
function startWithDlib(keep: boolean): void {
  saveSettings({ ...loadSettings(), model: 'dlib', previousModel: null })
  void start(keep)
}

function describeMissing(names: readonly (string | null)[]): Words {
  const needed = names.filter((name) => name !== null && name !== 'dlib').join(' and ')
  return {
    title: 'The recognition model could not be loaded',
    text: `Its files could not be had. Check the connection; whoever serves this kiosk has to build it with ${needed}. With dlib the people here are recognized when all of them are brought over to it.`,
  }
}
