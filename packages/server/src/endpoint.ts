import type { FaceMatcher } from '@visavis/core'
import type { z } from 'zod'
import type { Scope } from './access-list.ts'

/** One request, checked, as an endpoint answers it. */
export interface Call<Body = unknown, Query = unknown> {
  /** In the answer's envelope. */
  readonly requestId: string
  readonly matcher: FaceMatcher
  readonly body: Body
  readonly query: Query
  /** The id in the path. */
  readonly id: string
  readonly url: URL
  readonly authorization: string | null
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal
  /** The picture files behind texts of the request: base64, data URIs, or addresses on allowed hosts. */
  images(texts: readonly string[]): Promise<Uint8Array[]>
  /** Does what takes the recognizer's time when it is this request's turn; the signal ends it when it takes too long. */
  recognize<T>(work: (matcher: FaceMatcher, signal: AbortSignal) => Promise<T>): Promise<T>
  /** Counts a search for the metrics. */
  searched(found: boolean): void
}

export interface EndpointDefinition<Body, Query> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `{id}` where the path has an id. */
  readonly path: string
  readonly summary: string
  readonly scope: Scope
  readonly body?: z.ZodType<Body, unknown>
  readonly query?: z.ZodType<Query, unknown>
  /** Left out where the only answer is that there is none. */
  readonly answer?: z.ZodType
  /** Gives the whole body of the answer. */
  readonly run: (call: Call<Body, Query>) => Promise<object>
}

/** An endpoint whose request has been checked by its own schemas when it runs. */
export interface Endpoint extends Omit<EndpointDefinition<unknown, unknown>, 'run'> {
  readonly run: (call: Call<never, never>) => Promise<object>
}

/** Ties the types of the request to the schemas that check it. */
export function defineEndpoint<Body = undefined, Query = undefined>(
  definition: EndpointDefinition<Body, Query>,
): Endpoint {
  return definition
}
