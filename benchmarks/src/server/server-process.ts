import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { childArguments } from '../contenders/process.ts'
import type { ServerReply, ServerRequest } from './server-child.ts'

type ReplyOf<Kind extends ServerReply['kind']> = Extract<ServerReply, { kind: Kind }>

/** The server under test, in a process of its own, so that making load and measuring it do not slow it down. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(new URL('server-child.ts', import.meta.url), {
      serialization: 'advanced',
      execArgv: [...childArguments, '--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  /** Sends a request; the next one may follow when this one is answered. */
  async ask<Kind extends ServerReply['kind']>(request: ServerRequest, kind: Kind): Promise<ReplyOf<Kind>> {
    const ended = new AbortController()
    const reply = once(this.#child, 'message', { signal: ended.signal }) as Promise<[ServerReply]>
    const exit = once(this.#child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`The server's process ended with exit code ${String(code)}.`)
    })
    this.#child.send(request)
    try {
      const [answer] = await Promise.race([reply, exit])
      if (answer.kind !== kind) throw new Error(`The server's process said ${answer.kind} instead of ${kind}.`)
      return answer as ReplyOf<Kind>
    } finally {
      exit.catch(() => undefined)
      reply.catch(() => undefined)
      ended.abort()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    await this.ask({ kind: 'stop' }, 'stopped')
    await exited
  }
}
