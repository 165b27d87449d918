import { createVerifikClient, type VerifikClient } from '@visavis/remote'
import type { PeopleService } from './people-service.ts'

const origin = 'https://service.test'

/** A client of a service that is in the page itself. */
export function connectInPage(service: PeopleService): VerifikClient {
  const answer = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input)
    const play = service.answer({
      method: init?.method ?? 'GET',
      path: pathname.replace('/v2/face-recognition', ''),
      query: searchParams,
      headers: {},
      body: undefined,
    })
    if (play.kind !== 'json') throw new TypeError('Failed to fetch')
    return Response.json(play.body, { status: play.status ?? 200 })
  }
  return createVerifikClient({ baseUrl: origin, token: 'token', fetch: answer })
}
