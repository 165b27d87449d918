import type { Play } from './verifik-server.ts'

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Play & { kind: 'json' } {
  return { kind: 'json', status, body, headers }
}
