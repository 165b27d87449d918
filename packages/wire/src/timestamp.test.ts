import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromWireDay, fromWireTime, toEngineTime, toStampTime } from './timestamp.ts'

const date = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })

describe('times on the wire', () => {
  it('are the same there and back, with a zone and without', () => {
    fc.assert(
      fc.property(date, (time) => {
        const iso = time.toISOString()
        expect(fromWireTime(toEngineTime(iso))).toBe(iso)
        expect(toEngineTime(iso)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/)
        expect(fromWireTime(iso)).toBe(iso)
        expect(fromWireDay(iso)).toBe(iso.slice(0, 10))
        expect(fromWireDay(iso.slice(0, 10))).toBe(iso.slice(0, 10))
        const [year, month, day] = iso.slice(0, 10).split('-').map(Number)
        expect(fromWireDay({ year, month, day })).toBe(iso.slice(0, 10))
      }),
    )
  })

  it('are read in all the forms that services have', () => {
    expect(fromWireTime('2026-01-10T12:00:00.000001')).toBe('2026-01-10T12:00:00.000Z')
    expect(fromWireTime('2026-01-10 12:00:00')).toBe('2026-01-10T12:00:00.000Z')
    expect(fromWireTime('2026-01-10T12:00:00.5+02:00')).toBe('2026-01-10T10:00:00.500Z')
    expect(fromWireTime('2026-01-10T12:00:00-0330')).toBe('2026-01-10T15:30:00.000Z')
    for (const value of ['yesterday', '2026-01-10', '2026-13-10T12:00:00Z', 1768046400, null, {}]) {
      expect(fromWireTime(value)).toBeNull()
    }
  })

  it('are no days where there is no such day', () => {
    for (const value of [
      '1988-02-30',
      '30/11/1988',
      '1988-11-301',
      { year: 1988, month: 13, day: 1 },
      {},
      [],
      null,
      7,
    ]) {
      expect(fromWireDay(value)).toBeNull()
    }
  })

  it('are written out in a stamp', () => {
    expect(toStampTime(new Date('2026-03-03T09:05:59Z'))).toBe('March 3, 2026 9:05 AM')
    expect(toStampTime(new Date('2026-12-31T23:00:00Z'))).toBe('December 31, 2026 11:00 PM')
  })
})
