import type { SearchMode } from '@visavis/core'
import { paint } from '../output.ts'
import { printable } from '../printable.ts'
import { formatScore, scoreWords } from '../score-words.ts'
import { formatTable } from '../table.ts'
import type { Role } from './cast.ts'
import type { Photograph } from './photographs.ts'
import { isRight, type Outcome, type Trial } from './trial.ts'

export interface DemoRun {
  readonly photographs: readonly Photograph[]
  readonly cast: readonly Role[]
  readonly trials: readonly Trial[]
  readonly minScore: number
  readonly mode: SearchMode
  /** Full path of the contact sheet. */
  readonly sheet: string
  readonly milliseconds: number
}

/** An outcome in words; what is wrong says so. */
export const verdicts: Record<Outcome, string> = {
  found: 'found',
  rejected: 'nobody, rightly',
  missed: 'WRONG: missed',
  wrong_person: 'WRONG: another person',
  stranger_accepted: 'WRONG: stranger let in',
}

interface AlikePair {
  readonly names: readonly [string, string]
  /** The higher one, where both were probed. */
  readonly score: number
  readonly samePhotograph: boolean
}

/**
 * Some faces of different photographs look alike, and one pair of them may be one person. The photographs have no
 * labels, and looking at them does not settle it, so each face stays a person of its own.
 */
const unlabelled = 'nobody has labelled the photographs, so whether this is one person is not known'

/** What the demo came to. */
export class DemoReport {
  readonly #run: DemoRun

  constructor(run: DemoRun) {
    this.#run = run
  }

  /** As `--json` prints it. */
  document(): object {
    const { photographs, cast, trials, minScore, mode, sheet, milliseconds } = this.#run
    return {
      minScore,
      mode,
      photographs: photographs.map(({ number, file }) => ({
        number,
        file,
        faces: cast.filter(({ photograph }) => photograph.number === number).length,
      })),
      enrolled: cast.filter(isEnrolled).map(({ id, name }) => ({ id, name })),
      strangers: cast.flatMap(({ name, stranger }) =>
        stranger === null
          ? []
          : [{ name, why: stranger === 'held_out' ? stranger : stranger.code, ...refusalOf(stranger) }],
      ),
      probes: trials.map((trial) => this.#probe(trial)),
      alsoAlike: this.#alsoAlike(),
      summary: this.#counts(),
      sheet,
      milliseconds: Math.round(milliseconds),
    }
  }

  /** For people. */
  lines(): string[] {
    const { photographs, cast, sheet, milliseconds } = this.#run
    const enrolled = cast.filter(isEnrolled).length
    return [
      `${photographs.length} photographs, ${cast.length} faces found: ${enrolled} enrolled, ${cast.length - enrolled} left out as strangers.`,
      ...cast.flatMap(({ name, stranger }) =>
        stranger === null || stranger === 'held_out' ? [] : [`${name} could not be enrolled. ${stranger.message}`],
      ),
      'Now each face is searched for by another cut of its photograph, 120x120 pixels and altered:',
      '',
      ...this.#table(),
      '',
      ...this.#summary(),
      '',
      `Contact sheet: ${printable(sheet)}`,
      paint('dim', `${(milliseconds / 1000).toFixed(1)} s in all, nothing sent anywhere.`),
    ]
  }

  #table(): string[] {
    return formatTable(
      [
        { title: 'Probe' },
        { title: 'Altered' },
        { title: 'Who' },
        { title: 'Best match' },
        { title: 'Score', align: 'right' },
        { title: 'Decision' },
        { title: 'ms', align: 'right' },
      ],
      this.#run.trials.map((trial) => {
        const [best] = trial.candidates
        return [
          trial.role.name,
          trial.alteration,
          isEnrolled(trial.role) ? 'enrolled' : 'stranger',
          best?.name ?? (trial.refusal === null ? 'none' : 'refused'),
          best === undefined ? '< 0.50' : formatScore(best.score),
          paint(isRight(trial) ? 'green' : 'red', verdicts[trial.outcome]),
          String(Math.round(trial.milliseconds)),
        ]
      }),
    )
  }

  #summary(): string[] {
    const { trials, cast, minScore } = this.#run
    const counts = this.#counts()
    const lines = [
      `Enrolled people: ${counts.found} of ${counts.found + counts.missed + counts.wrong_person} found, ${counts.missed} missed, ${counts.wrong_person} taken for another.`,
      `Strangers: ${counts.rejected} of ${counts.rejected + counts.stranger_accepted} turned away, ${counts.stranger_accepted} let in.`,
      `A match needs a score of ${formatScore(minScore)} (${scoreWords(minScore)}) or more.`,
    ]
    const wrong = trials.filter((trial) => !isRight(trial))
    if (wrong.length === 0) lines.push(paint('green', `Wrong about nobody, in ${trials.length} probes.`))
    else {
      lines.push(paint('red', `WRONG about ${wrong.length} of ${trials.length}:`))
      lines.push(...wrong.map((trial) => `  ${explain(trial, cast)}`))
    }
    for (const { names, score, samePhotograph } of this.#alsoAlike()) {
      const known = samePhotograph ? 'they are two people, side by side in one photograph' : unlabelled
      lines.push(paint('yellow', `Also alike: ${names.join(' and ')}, score ${formatScore(score)}; ${known}.`))
    }
    lines.push(
      'Altered cuts of one photograph are easy: this shows that it works, not how accurate it is on other days.',
    )
    return lines
  }

  #counts(): Record<Outcome, number> & { right: number; wrong: number } {
    const { trials } = this.#run
    const count = (outcome: Outcome): number => trials.filter((trial) => trial.outcome === outcome).length
    const right = trials.filter(isRight).length
    return {
      found: count('found'),
      missed: count('missed'),
      wrong_person: count('wrong_person'),
      rejected: count('rejected'),
      stranger_accepted: count('stranger_accepted'),
      right,
      wrong: trials.length - right,
    }
  }

  /** Pairs of enrolled people where a probe of one also matched the other. */
  #alsoAlike(): AlikePair[] {
    const { trials, cast, minScore } = this.#run
    const pairs = new Map<string, AlikePair>()
    for (const { role, candidates } of trials.filter(({ outcome }) => outcome === 'found')) {
      for (const { id, score } of candidates.filter((one) => one.id !== role.id && one.score >= minScore)) {
        const other = cast.find((one) => one.id === id)
        if (other === undefined) continue
        const [a, b] = cast.indexOf(role) < cast.indexOf(other) ? [role, other] : [other, role]
        const key = `${a.name} ${b.name}`
        const known = pairs.get(key)
        if (known !== undefined && known.score >= score) continue
        pairs.set(key, { names: [a.name, b.name], score, samePhotograph: a.photograph === b.photograph })
      }
    }
    return [...pairs.values()]
  }

  #probe(trial: Trial): object {
    const { role, alteration, candidates, outcome, refusal, milliseconds } = trial
    const [best] = candidates
    return {
      probe: role.name,
      alteration,
      enrolled: isEnrolled(role),
      best: best === undefined ? null : { id: best.id, name: best.name, score: best.score },
      outcome,
      right: isRight(trial),
      refusal,
      milliseconds: Math.round(milliseconds * 10) / 10,
    }
  }
}

function isEnrolled({ id }: Role): boolean {
  return id !== null
}

function refusalOf(stranger: Exclude<Role['stranger'], null>): object {
  return stranger === 'held_out' ? {} : { message: stranger.message, reasons: stranger.reasons }
}

function explain(trial: Trial, cast: readonly Role[]): string {
  const { role, alteration, candidates, outcome, refusal } = trial
  const [best] = candidates
  const who = `${role.name} (${alteration})`
  if (refusal !== null) return `${who} was missed: ${refusal}`
  if (best === undefined) return `${who} was missed: nobody reached a score of 0.50.`
  const score = `score ${formatScore(best.score)}`
  if (outcome === 'missed')
    return `${who} was missed: the most alike is ${best.name ?? ''}, ${score}, too little for a match.`
  if (outcome === 'wrong_person') {
    return `${who} was taken for ${best.name ?? ''}, ${score}${isElsewhere(trial, cast) ? `; ${unlabelled}, and it counts as wrong` : ''}.`
  }
  return `${who} is not enrolled, but was taken for ${best.name ?? ''}, ${score}.`
}

/** Whether the best match is a face of another photograph. */
function isElsewhere({ role, candidates }: Trial, cast: readonly Role[]): boolean {
  return cast.some(({ id, photograph }) => id === candidates[0]?.id && photograph !== role.photograph)
}
