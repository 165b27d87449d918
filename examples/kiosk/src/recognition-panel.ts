import { confirm } from './confirm-dialog.ts'
import { mostNamed } from './collection-sync.ts'
import { element } from './element.ts'
import type { Kiosk } from './kiosk.ts'
import { ModelChange } from './model-change.ts'
import { models } from './models.ts'
import { loadSettings, type KioskIndex, type Settings } from './settings.ts'
import { countPeople } from './sync-words.ts'
import { showToast } from './toast.ts'
import { describeError } from './words.ts'

const meanings: Readonly<Record<KioskIndex, string>> = {
  auto: 'What was measured to answer soonest.',
  packed: 'Fast compares a face with everybody; where they are very many, with sketches of them first.',
  usearch:
    'Fast follows a graph from face to face, which is kept on this device. It pays, if at all, with very many people.',
}

/** What the matcher is opened with: a change of it starts the page anew, and the camera with it. */
export class RecognitionPanel {
  readonly #kiosk: Kiosk
  readonly #kept: boolean
  readonly #change: ModelChange
  readonly #index: HTMLSelectElement = element('index-choice', HTMLSelectElement)
  readonly #model: HTMLSelectElement = element('model-choice', HTMLSelectElement)
  readonly #run: HTMLElement = element('model-run', HTMLElement)
  readonly #state: HTMLElement = element('model-state', HTMLElement)
  readonly #again: HTMLButtonElement = element('model-again', HTMLButtonElement)

  /** @param kept whether people are kept; where they are not, they would be forgotten with the page. */
  constructor(kiosk: Kiosk, kept: boolean) {
    this.#kiosk = kiosk
    this.#kept = kept
    this.#change = new ModelChange(kiosk)
  }

  connect(): void {
    if (!this.#kept) return
    for (const id of ['index-setting', 'model-setting']) element(id, HTMLElement).hidden = false
    this.#model.replaceChildren(...models.map(({ name }) => new Option(name, name)))
    this.#index.addEventListener('change', () => this.#startWith({ index: this.#index.value as KioskIndex }))
    this.#model.addEventListener('change', () => void this.#changeModel(this.#model.value))
    this.#again.addEventListener('click', () => void this.#change.run())
    for (const change of ['turn', 'settings'] as const) this.#kiosk.on(change, () => this.#refresh())
    this.#change.onChange = () => void this.#showChange()
    this.#refresh()
    // All tabs search alike.
    addEventListener('storage', () => this.#follow())
    this.#follow()
    this.#change.connect()
  }

  #startWith(settings: Partial<Settings>): void {
    this.#kiosk.set(settings)
    location.reload()
  }

  #follow(): void {
    const { index, model, previousModel } = loadSettings()
    const { settings } = this.#kiosk
    if (index !== settings.index || model !== settings.model) location.reload()
    else if (previousModel !== settings.previousModel) this.#kiosk.set({ previousModel })
  }

  async #changeModel(model: string): Promise<void> {
    const before = this.#kiosk.settings.model
    try {
      const { total } = await this.#kiosk.matcher.persons.list({ limit: 1 })
      const text = `${countPeople(total)} will be brought over to ${model} from their pictures. Until that is done, ${before} goes on answering. Whose pictures show ${model} no usable face has to be enrolled anew.`
      if (total === 0 || (await confirm({ title: `Change the model to ${model}?`, text }, 'Change'))) {
        return this.#startWith({ model, previousModel: total === 0 ? null : before })
      }
    } catch (error) {
      showToast(describeError(error))
    }
    this.#refresh()
    this.#model.focus()
  }

  #refresh(): void {
    const { mayWrite, settings } = this.#kiosk
    this.#index.value = settings.index
    element('index-meaning', HTMLElement).textContent =
      `${meanings[settings.index]} Accurate always compares with everybody. The page starts anew when this is changed.`
    // The one that answers.
    this.#model.value = settings.previousModel ?? settings.model
    element('model-meaning', HTMLElement).textContent =
      models.find(({ name }) => name === this.#model.value)?.card ?? ''
    const isChanging = this.#change.state.kind === 'running'
    for (const choice of [this.#index, this.#model]) choice.disabled = !mayWrite || isChanging
  }

  async #showChange(): Promise<void> {
    const { state } = this.#change
    const { model, previousModel } = this.#kiosk.settings
    this.#run.hidden = state.kind !== 'running'
    this.#again.hidden = state.kind !== 'failed'
    if (state.kind === 'running') {
      const bar = element('model-progress', HTMLProgressElement)
      bar.value = state.total === 0 ? 1 : state.people / state.total
      element('model-title', HTMLElement).textContent = `Changing the model to ${model}`
      element('model-phase', HTMLElement).textContent =
        previousModel === null ? 'Nobody is recognized meanwhile.' : `${previousModel} answers meanwhile.`
      element('model-counts', HTMLElement).textContent = `${state.people} of ${countPeople(state.total)}`
    }
    this.#refresh()
    const text = state.kind === 'failed' ? describeFailure(state.error) : ''
    this.#say(
      state.kind === 'done' ? await this.#describeEnd(state.report.failed.map(({ personId }) => personId)) : text,
    )
    if (state.kind === 'done') showToast(`${countPeople(state.report.people)} brought over to ${model}.`)
  }

  #say(text: string): void {
    this.#state.textContent = text
    this.#state.hidden = text === ''
  }

  /** Who is not recognized any more. */
  async #describeEnd(failed: readonly string[]): Promise<string> {
    if (failed.length === 0) return ''
    const shown = failed.slice(0, mostNamed)
    const names = await Promise.all(
      shown.map((id) =>
        this.#kiosk.matcher.persons.get(id).then(
          (person) => person?.name ?? 'No name',
          () => 'No name',
        ),
      ),
    )
    const more = failed.length > shown.length ? ` and ${failed.length - shown.length} more` : ''
    return `Not recognized any more, since their pictures show this model no usable face: ${names.join(', ')}${more}. Delete them and enroll them anew.`
  }
}

function describeFailure(error: unknown): string {
  const { title, text } = describeError(error)
  return `The model was not changed. ${title}. ${text}`
}
