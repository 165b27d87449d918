import autocannon from 'autocannon'

export interface LoadOptions {
  readonly url: string
  readonly token: string
  /** Bodies of searches, sent in turn. */
  readonly bodies: readonly string[]
  readonly connections: number
  /** So many requests, or for so long. */
  readonly extent: { readonly requests: number } | { readonly seconds: number }
  /** Whether a connection sends at most one request a second. @default it sends whenever it was answered */
  readonly paced?: boolean
}

export interface Load {
  /** How many requests were answered, by status. */
  readonly statuses: Readonly<Record<number, number>>
  /** Of the requests that were answered with 200, milliseconds. */
  readonly milliseconds: readonly number[]
  /** Connections that broke, and requests that were not answered in time. */
  readonly errors: number
  readonly seconds: number
}

/** Sends searches and records the answers. */
export async function makeLoad({ url, token, bodies, connections, extent, paced = false }: LoadOptions): Promise<Load> {
  const statuses: Record<number, number> = {}
  const milliseconds: number[] = []
  const started = performance.now()
  const options: autocannon.Options = {
    url: `${url}/v2/face-recognition/search/crops`,
    connections,
    timeout: 30,
    ...('requests' in extent ? { amount: extent.requests } : { duration: extent.seconds }),
    ...(paced ? { connectionRate: 1, ignoreCoordinatedOmission: true } : {}),
    requests: bodies.map((body) => ({
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })),
  }
  const { errors, timeouts } = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(options, (error: Error | null, result) =>
      error === null ? resolve(result) : reject(error),
    )
    instance.on('response', (_client, status, _bytes, time) => {
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === 200) milliseconds.push(time)
    })
  })
  return { statuses, milliseconds, errors: errors + timeouts, seconds: (performance.now() - started) / 1000 }
}
