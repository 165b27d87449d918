import { VisavisError } from '@visavis/core'
import { JsonBoundError, parseJson, type JsonBounds } from '@visavis/core/kit'
import { timedOut, type Deadline } from './deadline.ts'

/** More than a page of a hundred people in dozens of collections has, or a list of ten thousand collections. */
const bounds: JsonBounds = { depth: 32, values: 500_000 }

/** One request as it is sent. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly token: string
  /** Sent as JSON. */
  readonly body?: unknown
}

/** One answer, read to its end. */
export interface HttpAnswer {
  readonly status: number
  /** What the body says; `undefined` where it is empty or no JSON. */
  readonly body: unknown
  /** Whether the body is empty or JSON. */
  readonly isJson: boolean
  /** Of the body. */
  readonly bytes: number
  readonly retryAfter: string | null
}

/**
 * Sends a request once and reads the answer, of any status.
 *
 * @throws VisavisError `network` where no answer came, or not to its end; `timeout`; `bad_response` for a redirect,
 * which is not followed since the token would go with it, and for more than `maxBytes`. A caller's own signal, which
 * the deadline follows, rejects with its reason.
 */
export async function exchange(
  { method, url, token, body }: HttpRequest,
  { fetch, deadline, maxBytes }: { fetch: typeof globalThis.fetch; deadline: Deadline; maxBytes: number },
): Promise<HttpAnswer> {
  let response: Response
  try {
    const sending = fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      signal: deadline.signal,
    })
    response = await deadline.race(sending)
  } catch (error) {
    throw failure(error, deadline, 'could not be reached')
  }
  if (isRedirect(response)) {
    drop(response)
    throw new VisavisError(
      'bad_response',
      'The service answered with a redirect, which is not followed with a token; set baseUrl to where it leads.',
    )
  }
  const chunks = await readBody(response, deadline, maxBytes)
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  return { status: response.status, bytes, retryAfter: response.headers.get('retry-after'), ...parse(chunks, bytes) }
}

async function readBody(response: Response, deadline: Deadline, maxBytes: number): Promise<Uint8Array[]> {
  const tooLarge = new VisavisError(
    'bad_response',
    `The service's answer has more than ${maxBytes} bytes; ask for less, or raise maxResponseBytes.`,
  )
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    drop(response)
    throw tooLarge
  }
  const reader = response.body?.getReader()
  if (reader === undefined) return []
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { value, done } = await deadline.race(reader.read())
      if (done) return chunks
      length += value.length
      if (length > maxBytes) throw tooLarge
      chunks.push(value)
    }
  } catch (error) {
    reader.cancel().catch(() => {})
    throw error === tooLarge ? error : failure(error, deadline, 'did not finish its answer')
  }
}

function parse(chunks: readonly Uint8Array[], bytes: number): Pick<HttpAnswer, 'body' | 'isJson'> {
  const joined = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  const text = new TextDecoder().decode(joined).trim()
  if (text === '') return { body: undefined, isJson: true }
  try {
    return { body: parseJson(text, bounds), isJson: true }
  } catch (error) {
    if (error instanceof JsonBoundError)
      throw new VisavisError('bad_response', `The service's answer ${error.message}.`)
    return { body: undefined, isJson: false }
  }
}

function isRedirect({ type, status, redirected }: Response): boolean {
  return type === 'opaqueredirect' || redirected || (status >= 300 && status < 400)
}

/** Frees the connection of an answer whose body is not read. */
function drop(response: Response): void {
  response.body?.cancel().catch(() => {})
}

/** The deadline says what went wrong: a caller's own fetch may throw anything, the token in it. */
function failure(error: unknown, { signal }: Deadline, what: string): unknown {
  if (!signal.aborted)
    return new VisavisError('network', `The service ${what}${systemCode(error)}; see to the network.`)
  if (signal.reason !== timedOut) return signal.reason
  return new VisavisError('timeout', `The service ${what} in time; ask again later, or give it more time.`)
}

/** The runtime's short code, as ECONNREFUSED, where there is one. */
function systemCode(error: unknown): string {
  const { code } = ((error as { cause?: unknown } | null)?.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : ''
}
