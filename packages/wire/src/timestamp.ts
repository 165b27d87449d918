/** A time as candidates have it on the wire: UTC with microseconds and without a zone. */
export function toEngineTime(iso: string): string {
  return `${iso.slice(0, 23)}000`
}

/**
 * A time of the wire as ISO 8601 in UTC with milliseconds; without a zone it is taken for UTC.
 *
 * @returns `null` where it is no time.
 */
export function fromWireTime(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/.exec(value.trim())
  if (parts === null) return null
  const [, day, time, fraction = '', zone = 'Z'] = parts
  const date = new Date(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${withColon(zone)}`)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function digits(part: unknown, length: number): string {
  return String(part).padStart(length, '0')
}

function withColon(zone: string): string {
  return zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
}

/**
 * A day as `YYYY-MM-DD`, from that, a time, or an object of `year`, `month` and `day`.
 *
 * @returns `null` where it is no day.
 */
export function fromWireDay(value: unknown): string | null {
  if (typeof value === 'string') return existingDay(/^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(value.trim())?.[0])
  if (typeof value !== 'object' || value === null) return null
  const { year, month, day } = value as Record<string, unknown>
  const text = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? existingDay(text) : null
}

function existingDay(text: string | undefined): string | null {
  if (text === undefined) return null
  const date = new Date(`${text}T00:00:00Z`)
  // February 30 is moved on to March or refused.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null
}

/** What a stamp of the service looks like: `March 3, 2026 9:05 AM`, UTC. */
export function toStampTime(date: Date): string {
  return new Intl.DateTimeFormat('en-US', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  })
    .format(date)
    .replace(' at ', ' ')
    .replace(/\s+/g, ' ')
}
