import type { SyncProgress, SyncReport } from '@visavis/remote'
import { describe, expect, it } from 'vitest'
import { describeAge, describeProblem, describeProgress, describeReport, describeWait } from './sync-words.ts'

const progress: SyncProgress = {
  phase: 'reading',
  people: 34,
  total: 120,
  reading: 1,
  pictures: 30,
  peoplePerSecond: 6.18,
  timeLeft: 13_900,
}

const report: SyncReport = {
  collectionId: 'staff',
  dryRun: false,
  complete: true,
  people: 14,
  added: [],
  changed: [],
  unchanged: 14,
  removed: [],
  kept: [],
  withheld: [],
  problems: [],
  pictures: 0,
  resumed: 0,
}

describe('the words for a sync', () => {
  it('say what it is at, how far, how fast and how long still', () => {
    expect(describeProgress(progress)).toEqual({
      phase: 'Reading its people',
      counts: '34 of 120 people · 6.2 a second · about 14 seconds left',
    })
    const unknown = { ...progress, reading: 2, people: 1, total: undefined, peoplePerSecond: 0, timeLeft: undefined }
    expect(describeProgress(unknown)).toEqual({
      phase: 'Its list has changed; reading it again',
      counts: '1 person',
    })
    expect(describeProgress({ ...progress, timeLeft: 61_000 }).counts).toContain('about 1 minute left')
    const phases = (['reading', 'checking', 'writing'] as const).map((phase) =>
      describeProgress({ ...progress, phase }),
    )
    expect(new Set(phases.map(({ phase }) => phase)).size).toBe(3)
  })

  it('say what it did, what it would do, and what it left as it is', () => {
    expect(describeReport(report)).toEqual(['Copied 14 people.', 'Nothing has changed.'])
    const changed = { ...report, added: ['a', 'b'], changed: ['c'], removed: ['d', 'e'], kept: ['e'], resumed: 9 }
    expect(describeReport(changed)).toEqual([
      'Copied 14 people.',
      '2 added, 1 changed, 2 removed.',
      '1 person of those removed stays: enrolled here, or in another collection.',
      '9 people had been read before it was interrupted.',
    ])
    expect(describeReport({ ...report, dryRun: true })).toEqual(['The cloud has 14 people.', 'Nothing would change.'])
    expect(describeReport({ ...report, dryRun: true, people: 1, added: ['a'] })).toEqual([
      'The cloud has 1 person.',
      '1 would be added.',
    ])
    const withheld = ['a', 'b', 'c', 'd']
    expect(describeReport({ ...report, withheld }).at(-1)).toBe(
      '4 people are gone from the cloud, more than one copy removes: all stay.',
    )
    expect(describeReport({ ...report, withheld, dryRun: true }).at(-1)).toContain('all would stay')
    expect(describeReport({ ...report, complete: false }).join(' ')).toContain('nobody was removed')
  })

  it('say why somebody is not recognized', () => {
    expect(describeProblem('no_face')).toBe('Their picture shows no face.')
    expect(describeProblem('invalid_record')).toBe('What the cloud says of them cannot be stored.')
    expect(describeProblem('worker_crashed')).toBe('Their picture could not be read.')
  })

  it('say how long ago and how soon, in one unit', () => {
    expect([0, 59_000, 61_000, 3_700_000, 90_000_000].map(describeAge)).toEqual([
      'just now',
      'just now',
      '1 minute ago',
      '1 hour ago',
      '1 day ago',
    ])
    expect([0, 60_000, 59 * 60_000 + 40_000].map(describeWait)).toEqual(['in 1 second', 'in 1 minute', 'in 1 hour'])
  })
})
