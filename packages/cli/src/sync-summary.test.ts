import type { SyncProgress, SyncReport } from '@visavis/remote'
import { describe, expect, it } from 'vitest'
import { progressWords, syncLines } from './sync-summary.ts'

const report: SyncReport = {
  collectionId: 'gate',
  dryRun: false,
  complete: true,
  people: 3,
  added: [],
  changed: [],
  unchanged: 1,
  removed: [],
  kept: [],
  withheld: [],
  problems: [],
  pictures: 0,
  resumed: 0,
}

describe('syncLines', () => {
  it('says of whom searches do not find why, and what becomes of it', () => {
    const lines = syncLines({
      store: 'gate.db',
      remote: 'https://faces.example.com',
      collection: { id: 'gate', name: 'Gate' },
      milliseconds: 1000,
      report: {
        ...report,
        problems: [
          { personId: 'p1', code: 'person_not_found' },
          { personId: 'p2', code: 'no_face' },
        ],
      },
    })
    expect(lines.slice(-3)).toEqual([
      'Not found by searches as the service has them: 2 people',
      expect.stringMatching(/^ {2}p1: deleted .*here while the sync ran; the next one brings them back/),
      '  p2: no face',
    ])
  })
})

describe('progressWords', () => {
  const progress: SyncProgress = {
    phase: 'reading',
    people: 120,
    total: 5000,
    reading: 1,
    pictures: 120,
    peoplePerSecond: 7.46,
    timeLeft: 654_000,
  }

  it('says what is done, how fast, and how long it takes', () => {
    expect(progressWords(progress)).toBe('reading, 7.5 a second, 11 minutes left')
    expect(progressWords({ ...progress, reading: 2, peoplePerSecond: 812.3, timeLeft: 6012 })).toBe(
      'reading the list again, for it changed, 812 a second, 6 s left',
    )
    expect(progressWords({ ...progress, phase: 'checking', peoplePerSecond: 0, timeLeft: undefined })).toBe(
      'checking, 0.0 a second, time left not known',
    )
  })
})
