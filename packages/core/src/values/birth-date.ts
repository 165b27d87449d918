/** There are no photographs of people born earlier. */
const firstYear = 1800

/** What is wrong with a date of birth; see `textFault`. @param now Milliseconds since 1970. */
export function birthDateFault(value: unknown, now: number = Date.now()): string | undefined {
  if (!isDay(value)) return 'must be a day as YYYY-MM-DD'
  const today = new Date(now).toISOString().slice(0, 10)
  return value >= `${firstYear}-01-01` && value <= today
    ? undefined
    : `must be a day from ${firstYear} to today, as YYYY-MM-DD`
}

/** Whether it is a day that exists, as `YYYY-MM-DD`. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 10 || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const time = Date.parse(`${value}T00:00:00Z`)
  // A day that does not exist, such as February 30, is moved on by the parser or refused.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}
