import type { FaceMatcher } from '@visavis/core'
import { Hono, type Context } from 'hono'
import { cors } from 'hono/cors'
import type { Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { errorResponse, jsonResponse } from './error-response.ts'
import { openApiDocument } from './openapi-document.ts'
import { Refusal } from './refusal.ts'
import type { RequestHandler } from './request-handler.ts'

export interface AppOptions {
  readonly matcher: FaceMatcher
  readonly handler: RequestHandler
  /** Origins of web pages that may call. */
  readonly origins: readonly string[]
  /** Whether the server is closing. */
  readonly isClosing: () => boolean
}

/** How long a matcher may take to answer the readiness check, milliseconds. */
const readyPatience = 5_000

/** Which path leads where. */
export function createApp({ matcher, handler, origins, isClosing }: AppOptions): Hono {
  const app = new Hono({ strict: false })
  if (origins.length > 0) {
    app.use(
      cors({
        origin: [...origins],
        allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
        allowHeaders: ['authorization', 'content-type'],
        exposeHeaders: ['x-request-id', 'retry-after'],
        maxAge: 600,
      }),
    )
  }
  app.get('/health', () => jsonResponse(200, { status: 'ok' }))
  app.get('/ready', async () => {
    if (isClosing()) return jsonResponse(503, { status: 'closing' })
    return (await isThere(matcher))
      ? jsonResponse(200, { status: 'ready' })
      : jsonResponse(503, { status: 'not_ready' })
  })
  app.get('/metrics', async ({ req }) => {
    await handler.authorize(req.raw, null)
    return new Response(await handler.metrics.text(), { headers: { 'content-type': handler.metrics.contentType } })
  })
  let document: object | undefined
  app.get('/openapi.json', () => {
    document ??= openApiDocument(endpoints)
    return jsonResponse(200, document)
  })
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    const here = endpoints.filter((endpoint) => endpoint.path === path)
    app.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) => {
      const { method, raw } = context.req
      return handler.serve(here.find((endpoint) => endpoint.method === method) ?? notAllowed(here), raw, idOf(context))
    })
  }
  app.notFound(({ req }) => handler.serve(new Refusal(404, 'not_found', 'NotFound', { close: true }), req.raw))
  app.onError((error, { req }) => errorResponse(error, req.raw.signal))
  return app
}

function idOf({ req }: Context): string {
  return req.param('id') ?? ''
}

function notAllowed(here: readonly Endpoint[]): Refusal {
  const headers = { allow: here.map(({ method }) => method).join(', ') }
  return new Refusal(405, 'method_not_allowed', 'MethodNotAllowed', { close: true, headers })
}

/** Whether the matcher answers at all, be it by way of a worker or a database. */
async function isThere({ collections }: FaceMatcher): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), readyPatience)
  })
  const answered = collections.list().then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([answered, late])
  } finally {
    clearTimeout(timer)
  }
}
