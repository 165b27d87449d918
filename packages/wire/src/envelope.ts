import { VisavisError } from '@visavis/core'
import * as z from 'zod'
import { toStampTime } from './timestamp.ts'

/** What stands around an answer. */
export interface Envelope<Data> {
  /** A short code of the request, letters and digits. */
  id: string
  data: Data
  signature: Signature
}

/** A stamp for reading, nothing cryptographic. */
interface Signature {
  message: string
  /** `March 3, 2026 9:05 AM`, UTC. */
  dateTime: string
}

const signatureSchema: z.ZodType<Signature> = z.object({
  message: z.string(),
  dateTime: z.string().meta({ description: 'As "March 3, 2026 9:05 AM", UTC.' }),
})

/** The schema of an answer whose `data` is what the given schema describes. */
export function envelopeOf<Data>(data: z.ZodType<Data>): z.ZodType<Envelope<Data>> {
  return z.object({ id: z.string(), data, signature: signatureSchema }) as unknown as z.ZodType<Envelope<Data>>
}

export interface ToEnvelopeOptions {
  /** What the stamp says. @default 'Answered by visavis' */
  message?: string
  /** @default the time of the call */
  now?: Date
}

/** An answer with its stamp. */
export function toEnvelope<Data>(
  id: string,
  data: Data,
  { message = 'Answered by visavis', now = new Date() }: ToEnvelopeOptions = {},
): Envelope<Data> {
  return { id, data, signature: { message, dateTime: toStampTime(now) } }
}

/** What an answer is about: its `data`, or all of it where there is none. */
export function unwrap(body: unknown): unknown {
  return isRecord(body) && 'data' in body ? body['data'] : body
}

/** The code of the request, where the answer has one that is fit for logs. */
export function envelopeId(body: unknown): string | null {
  const id = isRecord(body) ? body['id'] : undefined
  return typeof id === 'string' && /^\w{1,64}$/.test(id) ? id : null
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param what Finishes "The service's answer", as `has no list of people`. */
export function badResponse(what: string): VisavisError {
  return new VisavisError(
    'bad_response',
    `The service's answer ${what}; check that baseUrl is that of a face recognition API as Verifik's.`,
  )
}
