import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ChildWord } from './change-people.ts'
import type { ChildTask } from './child.ts'

const program = fileURLToPath(new URL('child.ts', import.meta.url))

/**
 * Runs the child until it has said so many words or has nothing more to do, and a moment more, and kills it (SIGKILL).
 *
 * @returns everything it said
 */
export async function runAndKill(task: ChildTask, words: number, milliseconds: number): Promise<ChildWord[]> {
  // Half of what a child takes to start is compiling: the first ones do it for all.
  const compiled = path.join(path.dirname(task.file), 'compiled')
  const child = spawn(
    process.execPath,
    ['--conditions=visavis-source', '--disable-warning=ExperimentalWarning', program, JSON.stringify(task)],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_COMPILE_CACHE: compiled } },
  )
  let complaint = ''
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('close', (_, signal) => resolve(signal))
  })
  const said: ChildWord[] = []
  let killing = false
  for await (const line of createInterface({ input: child.stdout })) {
    const word = JSON.parse(line) as ChildWord
    said.push(word)
    if ((said.length < words && word.at !== 'end') || killing) continue
    killing = true
    void setTimeout(milliseconds).then(() => child.kill('SIGKILL'))
  }
  const signal = await exited
  if (signal !== 'SIGKILL') throw new Error(`The child ended by itself: ${complaint}`)
  return said
}
