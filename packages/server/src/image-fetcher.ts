import { lookup } from 'node:dns/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'
import { Refusal } from './refusal.ts'
import type { ImageHost } from './server-options.ts'

export interface ImageFetchLimits {
  readonly bytes: number
  /** From the look-up of the name to the last byte, milliseconds. */
  readonly patience: number
}

const defaultPorts = { https: 443, http: 80 } as const

/**
 * Fetches the picture of an address that a caller sent. Only from hosts of the list, over https unless the list says
 * otherwise, from the very address that was checked, without following redirects, and no more than so many bytes.
 *
 * @throws Refusal 412 `insecure_image_url` where the address is not allowed, `image_not_available` where nothing came.
 */
export async function fetchImage(
  address: string,
  hosts: readonly ImageHost[],
  { bytes, patience }: ImageFetchLimits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { url, allowed } = check(address, hosts)
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  try {
    // A look-up cannot be stopped, but need not be waited for.
    const target = await Promise.race([resolve(url.hostname, allowed), abortOf(deadline)])
    return await read(await open(url, target, deadline), bytes)
  } catch (error) {
    if (error instanceof Refusal) throw error
    signal.throwIfAborted()
    // Neither the address nor what the other side said is repeated: it could tell of a network that is not the caller's.
    throw notAvailable(error)
  }
}

function check(address: string, hosts: readonly ImageHost[]): { url: URL; allowed: ImageHost } {
  const url = URL.parse(address)
  if (url === null || url.username !== '' || url.password !== '') throw insecure()
  const allowed = hosts.find(
    ({ host, protocol = 'https', port = defaultPorts[protocol] }) =>
      url.protocol === `${protocol}:` &&
      url.hostname === host.toLowerCase() &&
      Number(url.port || defaultPorts[protocol]) === port,
  )
  if (allowed === undefined) throw insecure()
  return { url, allowed }
}

/** The one address that is then connected to: a name that is looked up twice may lead to two places. */
async function resolve(
  hostname: string,
  { allowPrivate = false }: ImageHost,
): Promise<{ address: string; family: number }> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1')
  const found = isIP(literal)
    ? [{ address: literal, family: isIP(literal) }]
    : await lookup(literal, { all: true, verbatim: true })
  const [first] = found
  if (first === undefined) throw notAvailable()
  if (!allowPrivate && !found.every(({ address }) => isPublicAddress(address))) throw insecure()
  return first
}

function open(
  url: URL,
  { address, family }: { address: string; family: number },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const pinned: LookupFunction = (_, options, callback) => {
    if (options.all === true) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
  return new Promise((fulfill, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    request(url, { lookup: pinned, agent: false, signal, headers: { accept: 'image/*' } })
      .on('response', fulfill)
      .on('error', reject)
      .end()
  })
}

async function read(response: IncomingMessage, bytes: number): Promise<Uint8Array> {
  try {
    if (response.statusCode !== 200) throw notAvailable()
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > bytes) throw notAvailable()
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } finally {
    response.destroy()
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
}

function insecure(): Refusal {
  return new Refusal(412, 'insecure_image_url', 'PreconditionFailed')
}

function notAvailable(cause?: unknown): Refusal {
  return new Refusal(412, 'image_not_available', 'PreconditionFailed', { cause })
}
