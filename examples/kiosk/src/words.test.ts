import { VisavisError, type ErrorCode } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import { describeCameraError, describeError, describeReasons } from './words.ts'

describe('the words of the kiosk', () => {
  it('say what to do for each reason a face is not clear enough', () => {
    expect(describeReasons(['too_small', 'too_dark'])).toBe('Come closer. More light on the face.')
    const { title, text } = describeError(new VisavisError('low_quality', 'x', { reasons: ['cut_off'] }))
    expect(`${title}: ${text}`).toBe('Not clear enough: Bring the whole face into the picture.')
  })

  it('have something of their own for what a kiosk meets', () => {
    const codes: ErrorCode[] = [
      'no_face',
      'store_quota',
      'store_locked',
      'store_unavailable',
      'model_load_failed',
      'worker_crashed',
    ]
    const titles = codes.map((code) => describeError(new VisavisError(code, 'for developers')).title)
    expect(new Set(titles).size).toBe(codes.length)
    expect(titles.join()).not.toContain('developers')
  })

  it('tell a camera that is not allowed from one that is missing or busy', () => {
    const names = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'SomethingNew']
    const titles = names.map((name) => describeCameraError(new DOMException('x', name)).title)
    expect(new Set(titles).size).toBe(4)
  })

  it('pass on what is not known', () => {
    expect(describeError(new Error('A new thing.')).text).toBe('A new thing.')
    expect(describeError('thrown').text).toBe('Try again.')
  })
})
