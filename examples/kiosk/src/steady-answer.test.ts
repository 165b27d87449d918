import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Sighting } from './face-reader.ts'
import { answerOf, keyOf, SteadyAnswer } from './steady-answer.ts'

function sighting(id?: string, reasons: Sighting['reasons'] = []): Sighting {
  const candidate = id === undefined ? null : ({ id, name: id, score: 0.9 } as Sighting['candidate'])
  return { box: { left: 0, top: 0, right: 1, bottom: 1 }, crop: {} as ImageData, candidate, reasons }
}

/** What is shown after looks 100 ms apart: a person's id, `?` a stranger, `!` an unclear face, `-` no face. */
function shown(looks: string): string {
  const steady = new SteadyAnswer()
  const marks = [...looks].map((look, i) => {
    const seen =
      look === '-'
        ? undefined
        : look === '?'
          ? sighting()
          : look === '!'
            ? sighting(undefined, ['blurred'])
            : sighting(look)
    const answer = steady.next(answerOf(seen), i * 100)
    const marksOf = { nobody_there: '-', stranger: '?', unclear: '!' }
    return answer.kind === 'match' ? answer.sighting.candidate.id : marksOf[answer.kind]
  })
  return marks.join('')
}

describe('SteadyAnswer', () => {
  it('shows what two looks in a row agree on', () => {
    expect(shown('aaaa')).toBe('-aaa')
    expect(shown('?aa')).toBe('--a')
    expect(shown('aabb')).toBe('-aab')
  })

  it('does not show a single odd look', () => {
    expect(shown('aa?aa!ab')).toBe('-aaaaaaa')
    expect(shown('ababab')).toBe('------')
  })

  it('keeps the last answer for a moment when the face is gone', () => {
    expect(shown('aa-a')).toBe('-aaa')
    expect(shown(`aa${'-'.repeat(12)}`)).toBe('-aaaaaaaaaaaa-')
  })

  it('shows nobody who was not seen in the last two looks or before', () => {
    const look = fc.constantFrom('a', 'b', '?', '!', '-')
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 40 }), (looks) => {
        const answers = shown(looks.join(''))
        for (const [i, mark] of [...answers].entries()) {
          if (mark === '-') continue
          const before = looks.slice(0, i + 1).join('')
          expect(before).toContain(mark + mark)
        }
      }),
    )
  })

  it('tells people apart by who they are, not by how sure it is', () => {
    const [sure, lessSure] = [0.9, 0.8].map((score) => {
      const { candidate, ...rest } = sighting('a')
      return answerOf({ ...rest, candidate: candidate === null ? null : { ...candidate, score } })
    })
    expect(keyOf(sure ?? answerOf(undefined))).toBe(keyOf(lessSure ?? answerOf(undefined)))
    expect(keyOf(answerOf(sighting('a')))).not.toBe(keyOf(answerOf(sighting('b'))))
  })
})
