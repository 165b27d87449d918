import type { Collection } from '@visavis/core'
import { cloudAddress } from './cloud.ts'
import { describeFailure } from './cloud-words.ts'
import { CollectionSync, mostNamed, type SyncEnd } from './collection-sync.ts'
import { confirm } from './confirm-dialog.ts'
import { element } from './element.ts'
import type { KeptData } from './kept-data.ts'
import type { Kiosk } from './kiosk.ts'
import { createRow } from './row.ts'
import type { CopiedCollection } from './settings.ts'
import {
  countPeople,
  describeAge,
  describeProblem,
  describeProgress,
  describeReport,
  describeWait,
} from './sync-words.ts'
import { showToast } from './toast.ts'
import { describeError, type Words } from './words.ts'

/** How often ages are updated, milliseconds. */
const tick = 20_000

const hindrances = {
  other_tab: 'The kiosk is open in another tab, too; collections are copied there.',
  no_token: 'It needs a token.',
  offline: 'There is no network; copying goes on when it is back.',
} as const

/** Collections of the cloud that are kept on this device: choosing them, how far copying is, and what came of it. */
export class SyncPanel {
  readonly #kiosk: Kiosk
  readonly #sync: CollectionSync
  readonly #keptData: KeptData
  readonly #list: HTMLElement = element('sync-list', HTMLElement)
  readonly #choice: HTMLSelectElement = element('sync-choice', HTMLSelectElement)
  readonly #copy: HTMLButtonElement = element('sync-copy', HTMLButtonElement)
  readonly #preview: HTMLButtonElement = element('sync-preview', HTMLButtonElement)
  readonly #again: HTMLButtonElement = element('sync-again', HTMLButtonElement)
  readonly #stop: HTMLButtonElement = element('sync-stop', HTMLButtonElement)
  readonly #removals: HTMLButtonElement = element('sync-removals', HTMLButtonElement)
  readonly #state: HTMLElement = element('sync-state', HTMLElement)
  /** Of the report that is shown: how many people stay though they are gone from the cloud. */
  #withheld: { collection: CopiedCollection; count: number } | undefined
  #offered: readonly Collection[] = []
  /** Why the list of collections could not be loaded. */
  #failure: unknown
  #isAsking = false
  #latest: symbol | undefined

  constructor(kiosk: Kiosk, sync: CollectionSync, keptData: KeptData) {
    this.#kiosk = kiosk
    this.#sync = sync
    this.#keptData = keptData
  }

  connect(): void {
    const section = element('sync', HTMLElement)
    section.hidden = cloudAddress === undefined
    if (cloudAddress === undefined) return
    element('sync-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      this.#begin((collection) => this.#sync.copy(collection))
    })
    this.#preview.addEventListener('click', () => this.#begin((collection) => void this.#sync.preview(collection)))
    this.#removals.addEventListener('click', () => void this.#removeAll())
    this.#again.addEventListener('click', () => void this.#ask())
    this.#stop.addEventListener('click', () => this.#sync.running?.stop())
    this.#sync.onChange = () => void this.#refresh()
    this.#sync.onProgress = () => this.#showProgress()
    this.#sync.onToken = () => this.#forgetOffered()
    this.#sync.onEnd = (collection, end, isAsked) => {
      if (end.kind === 'done') {
        this.#showReport(collection, end)
        if (isAsked && !end.report.dryRun) void this.#keptData.persist()
      } else if (isAsked) element('sync-report', HTMLElement).hidden = true
      if (isAsked) showToast(describeEnd(collection, end))
    }
    for (const change of ['people', 'settings'] as const) this.#kiosk.on(change, () => void this.#refresh())
    setInterval(() => void this.#refresh(), tick)
    // The cloud's collections are requested when the panel is opened, since each request may be billed.
    element('cloud', HTMLElement).addEventListener('shown', () => void this.#refresh())
    addEventListener('online', () => {
      this.#failure = undefined
      void this.#refresh()
    })
    void this.#sync.connect().then(() => this.#refresh())
  }

  #begin(what: (collection: CopiedCollection) => void): void {
    const chosen = this.#offered.find(({ id }) => id === this.#choice.value)
    if (chosen === undefined) return
    element('sync-report', HTMLElement).hidden = true
    what({ id: chosen.id, name: chosen.name })
  }

  #forgetOffered(): void {
    this.#offered = []
    this.#failure = undefined
    this.#choice.replaceChildren()
  }

  async #ask(): Promise<void> {
    this.#isAsking = true
    this.#failure = undefined
    try {
      this.#offered = await this.#sync.offered()
      const options = this.#offered.map(({ id, name, count }) => {
        return new Option(count === null ? name : `${name} · ${countPeople(count)}`, id)
      })
      this.#choice.replaceChildren(...options)
    } catch (error) {
      this.#failure = error
    }
    this.#isAsking = false
    await this.#refresh()
  }

  async #refresh(): Promise<void> {
    const { hindrance, running } = this.#sync
    const isShown = !element('cloud', HTMLElement).hidden
    if (isShown && hindrance === undefined && this.#mayAsk()) void this.#ask()
    const isReady = hindrance === undefined && running === undefined
    for (const control of [this.#copy, this.#preview]) control.disabled = !isReady || this.#offered.length === 0
    this.#choice.disabled = this.#offered.length === 0
    this.#again.hidden = this.#failure === undefined
    this.#state.textContent = this.#describeState()
    this.#state.hidden = this.#state.textContent === ''
    element('sync-keep', HTMLElement).hidden =
      this.#kiosk.settings.copied.length === 0 || element('cloud-keep', HTMLInputElement).checked
    const hadFocus = document.activeElement
    element('sync-run', HTMLElement).hidden = running === undefined
    if (running === undefined && hadFocus === this.#stop) this.#copy.focus()
    if (running !== undefined && (hadFocus === this.#copy || hadFocus === this.#preview)) this.#stop.focus()
    this.#showProgress()
    await this.#showRows(isReady)
  }

  #mayAsk(): boolean {
    return this.#offered.length === 0 && this.#failure === undefined && !this.#isAsking
  }

  #describeState(): string {
    const { hindrance } = this.#sync
    if (hindrance !== undefined) return hindrances[hindrance]
    if (this.#isAsking) return 'The cloud is asked for its collections …'
    return this.#failure === undefined ? '' : describeFailure(this.#failure)
  }

  #showProgress(): void {
    const { running } = this.#sync
    if (running === undefined) return
    const { collection, dryRun, progress } = running
    const bar = element('sync-progress', HTMLProgressElement)
    const { phase, counts } = progress === undefined ? { phase: 'It begins', counts: '' } : describeProgress(progress)
    element('sync-title', HTMLElement).textContent = `${dryRun ? 'Looking at' : 'Copying'} ${collection.name}`
    element('sync-phase', HTMLElement).textContent = phase
    element('sync-counts', HTMLElement).textContent = counts
    if (progress?.total === undefined || progress.total === 0) bar.removeAttribute('value')
    else bar.value = Math.min(1, progress.people / progress.total)
  }

  async #showRows(isReady: boolean): Promise<void> {
    // Only the answer to the latest query is shown.
    const latest = Symbol('rows')
    this.#latest = latest
    const { copied } = this.#kiosk.settings
    // Where the matcher fails, the rows stay as they are; the user's next action shows the error.
    const details = await Promise.all(copied.map((collection) => this.#describe(collection))).catch(() => undefined)
    if (this.#latest !== latest || details === undefined) return
    const focused = document.activeElement?.getAttribute('aria-label')
    const rows = copied.map((collection, i) => this.#row(collection, details[i] as string, isReady))
    this.#list.replaceChildren(...rows)
    this.#list.hidden = rows.length === 0
    for (const button of this.#list.querySelectorAll('button')) {
      if (focused != null && button.getAttribute('aria-label') === focused) button.focus()
    }
  }

  #row(collection: CopiedCollection, details: string, isReady: boolean): HTMLLIElement {
    const { id, name } = collection
    const row = createRow({ name, details }, [
      { icon: 'again', label: `Copy ${name} now`, run: () => this.#sync.copy(collection) },
      { icon: 'delete', label: `Remove the copy of ${name}`, run: () => void this.#remove(id, name) },
    ])
    const [copy, remove] = row.querySelectorAll('button')
    if (copy !== undefined) copy.disabled = !isReady
    if (remove !== undefined) remove.disabled = !this.#kiosk.mayWrite
    return row
  }

  async #describe({ id }: CopiedCollection): Promise<string> {
    const [age, here] = await Promise.all([this.#sync.age(id), this.#kiosk.matcher.collections.get(id)])
    const count = here?.count == null ? '' : `${countPeople(here.count)} · `
    const copied = age === undefined ? 'Not copied yet.' : `${count}as of ${describeAge(age)}.`
    const end = this.#sync.endOf(id)
    const dueIn = this.#sync.dueIn(id)
    if (end?.kind !== 'failed' || this.#sync.running?.collection.id === id) return copied
    const next = dueIn === undefined || this.#sync.hindrance !== undefined ? '' : ` Next try ${describeWait(dueIn)}.`
    return `${copied}\n${describeFailure(end.error)}${next}`
  }

  async #remove(id: string, name: string): Promise<void> {
    const text =
      'Its people are not recognized here any more, unless they were enrolled here or are in another collection. In the cloud they stay.'
    if (!(await confirm({ title: `Remove the copy of ${name}?`, text }, 'Remove'))) return
    try {
      await this.#sync.remove(id)
      showToast(`The copy of ${name} was removed.`)
    } catch (error) {
      showToast(describeError(error))
    }
    this.#choice.focus()
  }

  /** Removes the people who stay because they are too many, where the user confirms that the cloud is right. */
  async #removeAll(): Promise<void> {
    if (this.#withheld === undefined) return
    const { collection, count } = this.#withheld
    const text = `${countPeople(count)} of ${collection.name} are gone from the cloud. Where that is right, copy once more and remove them here, too.`
    if (!(await confirm({ title: `Remove ${countPeople(count)} here?`, text }, 'Remove'))) return
    element('sync-report', HTMLElement).hidden = true
    this.#sync.copy(collection, true)
  }

  #showReport(collection: CopiedCollection, { report, unrecognized }: SyncEnd & { kind: 'done' }): void {
    const { length } = report.problems
    element('sync-report', HTMLElement).hidden = false
    element('sync-report-title', HTMLElement).textContent = collection.name
    element('sync-report-text', HTMLElement).textContent = describeReport(report).join(' ')
    const { dryRun, withheld } = report
    this.#removals.hidden = dryRun || withheld.length === 0
    this.#withheld = { collection, count: withheld.length }
    const title = element('sync-problems-title', HTMLElement)
    title.hidden = length === 0
    const more = length > mostNamed ? `, of whom these are ${mostNamed}` : ''
    title.textContent = `Not recognized as the cloud has them: ${countPeople(length)}${more}`
    const rows = unrecognized.map((one) => createRow({ name: one.name, details: describeProblem(one.code) }, []))
    element('sync-problems', HTMLElement).replaceChildren(...rows)
  }
}

function describeEnd({ name }: CopiedCollection, end: SyncEnd): Words {
  switch (end.kind) {
    case 'done':
      return {
        title: name,
        text: describeReport(end.report)
          .slice(0, end.report.withheld.length > 0 ? 3 : 2)
          .join(' '),
      }
    case 'failed':
      return { title: `${name} was not copied`, text: describeFailure(end.error) }
    case 'stopped':
      return { title: `Copying ${name} was stopped`, text: 'What was read is kept for the next time.' }
  }
}
