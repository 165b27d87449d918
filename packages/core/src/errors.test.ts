import { describe, expect, it } from 'vitest'
import { errorCodes, fromWire, isVisavisError, toWire, VisavisError } from './errors.ts'

declare module './errors.ts' {
  interface ErrorCodes {
    readonly TurnstileError: 'turnstile_jammed'
  }
}

describe('VisavisError', () => {
  it('is named after the family of its code', () => {
    for (const [family, codes] of Object.entries(errorCodes)) {
      for (const code of codes) expect(new VisavisError(code, 'What happened.').name).toBe(family)
    }
  })

  it('keeps its cause and its reasons', () => {
    const cause = new Error('underneath')
    const error = new VisavisError('low_quality', 'Too dark.', { cause, reasons: ['too_dark'] })
    expect(error.cause).toBe(cause)
    expect(error.reasons).toEqual(['too_dark'])
    expect(new VisavisError('no_face', 'None.')).not.toHaveProperty('cause')
  })

  it('refuses a code it does not know', () => {
    expect(() => new VisavisError('nonsense' as never, '')).toThrow(TypeError)
  })

  it('takes a family that somebody else has added, and keeps it on the wire', () => {
    const error = new VisavisError('turnstile_jammed', 'It does not move.', { family: 'TurnstileError' })
    expect(error.name).toBe('TurnstileError')
    expect(isVisavisError(error, 'turnstile_jammed')).toBe(true)
    const back = fromWire(JSON.parse(JSON.stringify(toWire(error))))
    expect({ name: back.name, code: back.code, message: back.message }).toEqual(toWire(error))
  })

  it('takes neither a code without its family, nor one into a family of its own', () => {
    expect(() => new VisavisError('turnstile_jammed', '')).toThrow('pass the family')
    expect(() => new VisavisError('turnstile_jammed', '', { family: 'StoreError' })).toThrow('pass the family')
  })

  it('comes back from the wire as it went, through JSON', () => {
    for (const code of Object.values(errorCodes).flat()) {
      const error = new VisavisError(code, 'What happened.', { reasons: ['blurred', 'cut_off'], picture: 2 })
      const back = fromWire(JSON.parse(JSON.stringify(toWire(error))))
      expect({ ...back, message: back.message }).toEqual({ ...error, message: error.message })
      expect(isVisavisError(back, code)).toBe(true)
    }
  })
})

describe('isVisavisError', () => {
  it('tells its errors from others, and one code from another', () => {
    const error = new VisavisError('no_face', 'None.')
    expect(isVisavisError(error)).toBe(true)
    expect(isVisavisError(error, 'no_face')).toBe(true)
    expect(isVisavisError(error, 'blurred' as never)).toBe(false)
    for (const other of [new Error('x'), { code: 'no_face' }, null, undefined, 'no_face']) {
      expect(isVisavisError(other)).toBe(false)
    }
  })

  it('knows the errors of another copy of the library', () => {
    const foreign = Object.assign(new Error('x'), { code: 'no_face', [Symbol.for('visavis.error')]: true })
    expect(isVisavisError(foreign, 'no_face')).toBe(true)
  })
})
