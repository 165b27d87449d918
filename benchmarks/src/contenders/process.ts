import { fork, type ChildProcess } from 'node:child_process'
import type { Pixels } from '@visavis/core'
import type { PackName } from '@visavis/models'
import type { ContenderName, Outcome } from './contender.ts'

/** Pixels, or a picture file, scaled down to so many pixels on its longer side if that is said. */
export type Picture = Pixels | { readonly file: string; readonly size?: number | undefined }

export interface Request {
  readonly id: number
  readonly picture: Picture
  readonly operations: readonly string[]
}

export interface Answer {
  /** One for each operation asked for, in their order. */
  readonly outcomes: readonly Outcome[]
  /** How long each took, decoding not included. */
  readonly milliseconds: readonly number[]
}

export type Reply = { readonly id: number; readonly error: string } | ({ readonly id: number } & Answer)

interface Waiting {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Children find the packages' sources, also where this process was started without the condition. */
export const childArguments: string[] = [...new Set([...process.execArgv, '--conditions=visavis-source'])]

/** A contender in a process of its own. */
export class ContenderProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #waiting: Map<number, Waiting> = new Map()
  #lastId = 0

  /** @param model What visavis makes templates with. */
  constructor(name: ContenderName, model: PackName = 'dlib') {
    this.#child = fork(new URL('child.ts', import.meta.url), [name, model], {
      serialization: 'advanced',
      execArgv: childArguments,
      // Rivals write to standard output, which is kept for results.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if ('error' in reply) waiting?.reject(new Error(`${name}: ${reply.error}`))
      else waiting?.resolve(reply)
    })
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`The process of ${name} ended (${signal ?? `exit code ${code}`}).`))
      }
      this.#waiting.clear()
    })
  }

  ask(picture: Picture, operations: readonly string[]): Promise<Answer> {
    if (!this.#child.connected) return Promise.reject(new Error('The process of the contender has ended.'))
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, picture, operations } satisfies Request)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = new Promise((resolve) => {
      this.#child.once('exit', resolve)
    })
    this.#child.disconnect()
    await exited
  }
}
