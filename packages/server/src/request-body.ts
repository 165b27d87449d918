import { VisavisError } from '@visavis/core'
import { JsonBoundError, parseJson, type JsonBounds } from '@visavis/core/kit'
import type { BodyLease } from './body-budget.ts'
import { Refusal } from './refusal.ts'

export interface BodyLimits {
  readonly bytes: number
  /** For the whole body to come in, milliseconds. */
  readonly patience: number
}

/** Far more than any request has: the largest names a hundred collections. */
const bounds: JsonBounds = { depth: 16, values: 2_000 }

/**
 * The JSON of a request's body, read no further than is allowed.
 *
 * @throws VisavisError `bad_request` where it is nested too deep or has too many values; Refusal 400 where it is no JSON, 408 where it comes too slowly, 413 where it is too long, 415 where it is
 * announced as anything but plain JSON: other types are what a page of another origin could send unasked.
 */
export async function readJson(request: Request, lease: BodyLease, { bytes, patience }: BodyLimits): Promise<unknown> {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new Refusal(415, 'Content-Type must be application/json.', 'UNSUPPORTED_MEDIA_TYPE', { close: true })
  }
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    throw new Refusal(415, 'The body must not be compressed.', 'UNSUPPORTED_MEDIA_TYPE', { close: true })
  }
  if (Number(request.headers.get('content-length') ?? 0) > bytes) throw tooLarge(bytes)
  const chunks = await readAll(request, lease, { bytes, patience })
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    let text = ''
    for (const chunk of chunks) text += decoder.decode(chunk, { stream: true })
    return parseJson(text + decoder.decode(), bounds)
  } catch (error) {
    if (error instanceof JsonBoundError) throw new VisavisError('bad_request', `The body ${error.message}.`)
    // What the parser says quotes the body.
    throw new Refusal(400, 'The body must be JSON in UTF-8.', 'BAD_REQUEST')
  }
}

async function readAll(request: Request, lease: BodyLease, { bytes, patience }: BodyLimits): Promise<Uint8Array[]> {
  const reader = request.body?.getReader()
  if (reader === undefined) return []
  const chunks: Uint8Array[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Refusal(408, 'The body did not come in time.', 'Timeout', { close: true })),
      patience,
    )
  })
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late])
      if (done) return chunks
      if (lease.bytes + value.byteLength > bytes) throw tooLarge(bytes)
      lease.grow(value.byteLength)
      chunks.push(value)
    }
  } catch (error) {
    // Not waited for: the rest may never come.
    void reader.cancel().catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function tooLarge(bytes: number): Refusal {
  return new Refusal(413, `The body must not have more than ${bytes} bytes.`, 'PAYLOAD_TOO_LARGE', { close: true })
}
