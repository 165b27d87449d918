import { isVisavisError, type ErrorCode, type QualityReason } from '@visavis/core'

/** What happened, and what to do about it, for the person in front of the kiosk. */
export interface Words {
  title: string
  text: string
}

const advice: Readonly<Record<QualityReason, string>> = {
  too_small: 'Come closer',
  too_dark: 'More light on the face',
  too_bright: 'Less light on the face',
  low_contrast: 'Light that is less flat, or a cleaner lens',
  blurred: 'Hold still, and see that the lens is clean',
  turned_away: 'Look straight into the camera',
  cut_off: 'Bring the whole face into the picture',
  low_resolution: 'Come closer, or use a picture with more detail',
  noisy: 'More light on the face',
  compressed: 'Use a better copy of the picture',
  mouth_covered: 'Take off what covers the mouth',
  eyes_covered: 'Take off what covers the eyes',
}

/** "Come closer. More light on the face." */
export function describeReasons(reasons: readonly QualityReason[]): string {
  return reasons.map((reason) => `${advice[reason]}.`).join(' ')
}

const errors: Partial<Record<ErrorCode, Words>> = {
  no_face: { title: 'No face found', text: 'Use a picture that shows a face from the front.' },
  multiple_faces: { title: 'More than one face', text: 'Use a picture that shows one person.' },
  invalid_image: {
    title: 'Not a picture',
    text: 'The file is damaged or none of JPEG, PNG and WebP; use another one.',
  },
  model_load_failed: {
    title: 'Recognition could not be loaded',
    text: 'Its files could not be had. Check the connection; once loaded, the kiosk works without one.',
  },
  model_corrupt: {
    title: 'Recognition could not be loaded',
    text: 'One of its files is not the one that was expected. Whoever serves this kiosk has to serve them unchanged.',
  },
  model_mismatch: {
    title: 'People of another model',
    text: 'The people on this device were enrolled with another recognition model. They are recognized when all are brought over to this one; the settings say how far that is.',
  },
  person_not_found: { title: 'Not enrolled any more', text: 'The person was deleted.' },
  collection_not_found: { title: 'No such collection', text: 'The collection was deleted. Choose another one.' },
  store_unavailable: {
    title: 'This browser keeps nothing',
    text: 'It does not let the kiosk keep people, which private windows and strict settings do. Allow site data, or go on without keeping anybody.',
  },
  store_quota: {
    title: 'No room left',
    text: 'The browser gives no more room. Free some disk space or delete people; nothing was changed.',
  },
  store_locked: {
    title: 'Open somewhere else',
    text: 'The kiosk is open in another tab or window, too; people are changed there. Do it there, or close that one.',
  },
  store_corrupt: {
    title: 'The people cannot be read',
    text: 'What this browser kept of them is damaged. Delete the site’s data and enroll people anew.',
  },
  store_version: { title: 'Kept by a newer kiosk', text: 'A newer version wrote the people here. Reload to get it.' },
  worker_load_failed: {
    title: 'Recognition could not be loaded',
    text: 'Its program could not be had. Check the connection; once loaded, the kiosk works without one.',
  },
  worker_crashed: { title: 'Recognition stopped', text: 'It ended unexpectedly, perhaps for want of memory.' },
}

/** What to say about anything that was thrown. */
export function describeError(error: unknown): Words {
  if (isVisavisError(error, 'low_quality')) {
    return { title: 'Not clear enough', text: describeReasons(error.reasons) }
  }
  const known = isVisavisError(error) ? errors[error.code] : undefined
  return known ?? { title: 'Something went wrong', text: error instanceof Error ? error.message : 'Try again.' }
}

/** Why there is no camera, by the name of the error that the browser gives. */
export function describeCameraError(error: unknown): Words {
  switch (error instanceof DOMException ? error.name : undefined) {
    case 'NotAllowedError':
    case 'SecurityError':
      return {
        title: 'The camera is not allowed',
        text: 'Allow it for this page in the browser’s address bar or settings. A picture works without it.',
      }
    case 'NotFoundError':
    case 'OverconstrainedError':
      return { title: 'No camera found', text: 'Connect one and try again, or use a picture.' }
    case 'NotReadableError':
    case 'AbortError':
      return { title: 'The camera is busy', text: 'Another program may be using it. Close that one and try again.' }
    default:
      return { title: 'The camera does not work', text: 'Try again, or use a picture.' }
  }
}
