import { isVisavisError, VisavisError } from '../../errors.ts'

/** An error of the browser as a VisavisError; others are returned as they are. */
export function translate(error: unknown, name: string): unknown {
  if (isVisavisError(error) || !(error instanceof DOMException)) return error
  switch (error.name) {
    case 'QuotaExceededError':
      return new VisavisError(
        'store_quota',
        `The browser gives the store ${name} no more room; nothing was changed, free disk space or delete people.`,
        { cause: error },
      )
    case 'VersionError':
      return new VisavisError('store_version', `The store ${name} was written by a later visavis; update this one.`, {
        cause: error,
      })
    case 'NotReadableError':
      return new VisavisError(
        'store_corrupt',
        `The browser cannot read the store ${name} any more; delete its database and enroll people anew.`,
        { cause: error },
      )
    case 'AbortError':
    case 'InvalidStateError':
    case 'NotAllowedError':
    case 'NotFoundError':
    case 'SecurityError':
    case 'UnknownError':
      return new VisavisError(
        'store_unavailable',
        `The browser does not let the store ${name} be used; allow this site to keep data, and see that the disk is not full.`,
        { cause: error },
      )
    default:
      return error
  }
}

export function locked(name: string): VisavisError {
  return new VisavisError('store_locked', `The store ${name} is open in another tab or worker; close it there first.`)
}

export function foreign(name: string): VisavisError {
  return new VisavisError('store_corrupt', `${name} is a database of something else than visavis; choose another name.`)
}
