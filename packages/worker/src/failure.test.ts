import { errorCodes, VisavisError, type ErrorCode } from '@visavis/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromFailure, toFailure } from './failure.ts'

function crossed(error: unknown): unknown {
  return fromFailure(structuredClone(toFailure(error)))
}

const codes = Object.values(errorCodes).flat() as ErrorCode[]

it('gives back errors of visavis with everything that they carry', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...codes),
      fc.string(),
      fc.subarray(['too_dark', 'blurred', 'cut_off'] as const),
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      fc.option(fc.string(), { nil: undefined }),
      (code, message, reasons, picture, cause) => {
        const options = { reasons, ...(picture === undefined ? {} : { picture }) }
        const error = new VisavisError(code, message, { ...options, cause: new RangeError(cause) })
        const back = crossed(error) as VisavisError
        expect(back).toBeInstanceOf(VisavisError)
        expect(back).toMatchObject({ name: error.name, code, message, reasons, stack: error.stack })
        expect(back.picture).toBe(picture)
        expect(back.cause).toBeInstanceOf(RangeError)
        expect((back.cause as Error).message).toBe((error.cause as Error).message)
      },
    ),
  )
})

it("gives back errors of the language and of the system by their class, and others' by their name", () => {
  for (const error of [new TypeError('t'), new RangeError('r'), new SyntaxError('s'), new Error('e')]) {
    const back = crossed(error) as Error
    expect(back.constructor).toBe(error.constructor)
    expect(back.message).toBe(error.message)
    expect('cause' in back).toBe(false)
  }
  const own = Object.assign(new Error('no such file'), { code: 'ENOENT' })
  expect(crossed(own)).toMatchObject({ code: 'ENOENT' })
  const named = Object.defineProperty(new Error('odd'), 'name', { value: 'OddError' })
  expect(crossed(named)).toMatchObject({ name: 'OddError', message: 'odd' })
  const aborted = crossed(new DOMException('stopped', 'AbortError'))
  expect(aborted).toBeInstanceOf(DOMException)
  expect(aborted).toMatchObject({ name: 'AbortError', message: 'stopped' })
})

it('gives back what is no error, and ends where an error is its own cause', () => {
  expect(crossed('just text')).toBe('just text')
  expect(crossed(undefined)).toBeUndefined()
  expect(crossed({ a: [1, 2] })).toEqual({ a: [1, 2] })
  expect(crossed(() => 1)).toBe('() => 1')
  const circle = new Error('round')
  circle.cause = circle
  expect(crossed(circle)).toMatchObject({ message: 'round', cause: { message: 'round' } })
})
