import { sha256 } from '@visavis/core/kit'

/** What a token may do: read searches, verifies, compares, detects and lists; write enrolls, changes and deletes. */
export type Scope = 'read' | 'write'

/** Who may call. The token itself is not kept: only its SHA-256 stays in memory. */
export interface AccessToken {
  /** The token as callers send it, at least 16 ASCII characters without spaces; give either this or `sha256`. */
  readonly token?: string
  /** Its SHA-256, 64 hexadecimal digits, so that no configuration has to hold the token. */
  readonly sha256?: string
  /** @default both */
  readonly scopes?: readonly Scope[]
  /** What the log calls its owner. @default its place in the list, `token 1` */
  readonly name?: string
  /** From then on calls are answered with 403 `token_expired`. @default never */
  readonly expiresAt?: Date
  /** @default the server's `limits.requestsPerMinute` */
  readonly requestsPerMinute?: number
}

/** The owner of a token that was recognized. */
export interface Grant {
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  /** Undefined where the server's own limit holds. */
  readonly requestsPerMinute: number | undefined
}

export type Identification = Grant | 'missing' | 'unknown' | 'expired'

interface Entry {
  readonly digest: Uint8Array
  readonly grant: Grant
  /** Milliseconds since 1970. */
  readonly expires: number
}

/** The tokens that open the server, each as its SHA-256. */
export class AccessList {
  readonly #entries: Promise<readonly Entry[]>

  constructor(tokens: readonly AccessToken[]) {
    this.#entries = Promise.all(tokens.map(toEntry))
  }

  /** Whose the token of an `Authorization` header is. */
  async identify(authorization: string | null): Promise<Identification> {
    const token = tokenOf(authorization)
    if (token === undefined) return 'missing'
    const digest = await digestOf(token)
    let found: Entry | undefined
    // All are looked at, and each as a whole: how long it takes says nothing about how much was right.
    for (const entry of await this.#entries) {
      if (sameDigest(entry.digest, digest)) found = entry
    }
    if (found === undefined) return 'unknown'
    return Date.now() >= found.expires ? 'expired' : found.grant
  }
}

/** Clients of Verifik send `Bearer`, old ones `JWT`; undefined where there is neither. */
export function tokenOf(authorization: string | null): string | undefined {
  const [, token] = /^(?:bearer|jwt) +([\x21-\x7e]+)$/i.exec(authorization?.trim() ?? '') ?? []
  return token
}

async function toEntry(
  { token, sha256: digest, scopes = ['read', 'write'], name, expiresAt, requestsPerMinute }: AccessToken,
  place: number,
): Promise<Entry> {
  return {
    digest: token === undefined ? fromHex(digest ?? '') : await digestOf(token),
    grant: { name: name ?? `token ${place + 1}`, scopes: new Set(scopes), requestsPerMinute },
    expires: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
  }
}

async function digestOf(token: string): Promise<Uint8Array> {
  return fromHex(await sha256(new TextEncoder().encode(token)))
}

function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0)
  return difference === 0
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
