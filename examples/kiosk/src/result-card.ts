import { element } from './element.ts'
import { cropPicture, noPicture, thumbnailPicture } from './face-picture.ts'
import { describeScore } from './odds.ts'
import { keyOf, type Answer } from './steady-answer.ts'
import { describeReasons, type Words } from './words.ts'

/** The answer in large type: the person's name, or that no person was recognized, and why. */
export class ResultCard {
  readonly #root: HTMLElement = element('result', HTMLElement)
  readonly #face: HTMLElement = element('result-face', HTMLElement)
  readonly #title: HTMLElement = element('result-title', HTMLElement)
  readonly #text: HTMLElement = element('result-text', HTMLElement)
  readonly #score: HTMLElement = element('result-score', HTMLElement)
  readonly #enroll: HTMLButtonElement = element('enroll', HTMLButtonElement)
  readonly #announcer: HTMLElement = element('announcer', HTMLElement)
  #key = ''

  /**
   * Shows a message instead of an answer.
   *
   * @param picture The number of the picture that it is about; none of the camera's.
   */
  showIdle(words: Words, picture?: number): void {
    this.#show('idle', words, noPicture())
    this.#number(picture)
    this.#enroll.hidden = true
    this.#key = ''
  }

  /** The cloud is being asked about this face. */
  showAsking(crop: ImageData): void {
    this.showIdle({ title: 'One moment …', text: 'Nobody here looks like this face; the cloud is asked.' })
    this.#face.replaceChildren(cropPicture(crop))
  }

  /** @param picture The number of the picture that it is about; none of the camera's. */
  showAnswer(answer: Answer, picture?: number): void {
    const key = keyOf(answer)
    const changed = key !== this.#key
    this.#key = key
    this.#enroll.hidden = answer.kind === 'nobody_there' || answer.kind === 'unclear'
    this.#enroll.className = answer.kind === 'match' ? 'quiet' : 'primary'
    this.#enroll.textContent = answer.kind === 'match' ? 'Enroll as somebody else' : 'Enroll this face'
    const words = wordsOf(answer)
    if (answer.kind === 'match') {
      const { candidate } = answer.sighting
      const [thumbnail] = candidate.thumbnails
      // A picture is decoded only where it is another one.
      const face =
        thumbnail === undefined ? cropPicture(answer.sighting.crop) : changed && thumbnailPicture(thumbnail.image)
      this.#show('match', words, face || undefined)
      this.#score.textContent = candidate.score.toFixed(2)
      this.#score.title = answer.from === 'cloud' ? 'The score that the cloud gave' : 'The score, from 0.5 to 1'
      this.#score.hidden = false
    } else if (answer.kind === 'nobody_there') this.#show(answer.kind, words, changed ? noPicture() : undefined)
    else this.#show(answer.kind, words, cropPicture(answer.sighting.crop))
    this.#number(picture)
    if (changed) this.#announcer.textContent = `${words.title}. ${words.text}`
  }

  /** Says which picture the answer is about: what was there before may look the same. */
  #number(picture: number | undefined): void {
    if (picture === undefined) delete this.#root.dataset['picture']
    else this.#root.dataset['picture'] = String(picture)
  }

  #show(kind: string, { title, text }: Words, face: Node | undefined): void {
    this.#root.hidden = false
    this.#root.dataset['kind'] = kind
    this.#title.textContent = title
    this.#text.textContent = text
    this.#score.hidden = true
    if (face !== undefined) this.#face.replaceChildren(face)
  }
}

function wordsOf(answer: Answer): Words {
  switch (answer.kind) {
    case 'nobody_there':
      return { title: 'Nobody here', text: 'Step in front of the camera.' }
    case 'stranger':
      return { title: 'Not recognized', text: 'Nobody enrolled looks like this face.' }
    case 'unclear':
      return { title: 'Not clear enough', text: describeReasons(answer.sighting.reasons) }
    case 'match': {
      const { candidate } = answer.sighting
      const collections = candidate.collections.map(({ name }) => name).join(', ')
      if (answer.from === 'cloud') {
        return { title: candidate.name ?? 'No name', text: 'Not enrolled here; the cloud knows this face.' }
      }
      const odds = describeScore(candidate.score)
      return { title: candidate.name ?? 'No name', text: collections === '' ? odds : `${collections} · ${odds}` }
    }
  }
}
