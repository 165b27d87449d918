import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Page } from 'playwright'
import { findChromium } from '../../scripts/chromium.mjs'

/** A Chromium that keeps its data in a folder, and of which every process can be killed at once. */
export class KillableBrowser {
  readonly #process: ChildProcess
  readonly #newPage: () => Promise<Page>

  private constructor(process: ChildProcess, newPage: () => Promise<Page>) {
    this.#process = process
    this.#newPage = newPage
  }

  static async start(folder: string): Promise<KillableBrowser> {
    // Left by one that was killed; the next would take it for running.
    for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) {
      await rm(path.join(folder, name), { force: true })
    }
    const options = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0']
    // A group of its own, so that its children are killed with it.
    const child = spawn(findChromium(), [...options, `--user-data-dir=${folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    const browser = await chromium.connectOverCDP(await debuggingAddress(child))
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('The browser has no context.')
    return new KillableBrowser(child, () => context.newPage())
  }

  newPage(): Promise<Page> {
    return this.#newPage()
  }

  /** Ends all its processes from one moment to the next, and waits until they are gone. */
  async kill(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#process
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    const exited = once(this.#process, 'exit')
    process.kill(-pid, 'SIGKILL')
    await exited
  }
}

async function debuggingAddress({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('The browser has no standard error.')
  for await (const line of createInterface({ input: stderr })) {
    const [, address] = /^DevTools listening on (\S+)/.exec(line) ?? []
    if (address === undefined) continue
    // Goes on being read, so that the browser is never kept waiting.
    stderr.resume()
    return address
  }
  throw new Error('The browser ended before it listened.')
}
