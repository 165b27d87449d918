/** A person's id as Verifik's are: 24 hexadecimal digits, the first eight the time in seconds. */
export function newPersonId(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(8))
  const time = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')
  return time + Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const requestAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A short code that a person can read out from a log. */
export function newRequestId(): string {
  const random = crypto.getRandomValues(new Uint8Array(8))
  return Array.from(random, (byte) => requestAlphabet[byte % requestAlphabet.length]).join('')
}
