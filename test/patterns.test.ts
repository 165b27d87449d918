import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { checkSync } from 'recheck'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const sources = ['{packages,examples}/*/{src,build}/**/*.{ts,js}', 'benchmarks/src/**/*.{ts,js}', 'scripts/*.{ts,mjs}']
/** Tests match what they wrote themselves. */
const tests = /\.test\.ts$/

interface Pattern {
  readonly source: string
  readonly flags: string
}

/** The regular expressions of a source text: literals, and those made of a constant text. */
function patternsIn(file: string, text: string): Pattern[] {
  const found: Pattern[] = []
  const made = (callee: object, args: readonly object[]): void => {
    const [source, flags] = args.map((arg) => ('value' in arg ? arg.value : undefined))
    const isRegExp = 'name' in callee && callee.name === 'RegExp'
    if (isRegExp && typeof source === 'string') found.push({ source, flags: typeof flags === 'string' ? flags : '' })
  }
  new Visitor({
    Literal: (node) => {
      if ('regex' in node) found.push({ source: node.regex.pattern, flags: node.regex.flags })
    },
    NewExpression: ({ callee, arguments: args }) => made(callee, args),
    CallExpression: ({ callee, arguments: args }) => made(callee, args),
  }).visit(parseSync(file, text).program)
  return found
}

/** What the checker says: how long matching may take, by the length of the text. */
function complexityOf({ source, flags }: Pattern): string {
  const found = checkSync(source, flags, { timeout: 60_000 })
  return found.status === 'vulnerable' ? `vulnerable: ${found.complexity.summary}` : found.status
}

describe('regular expressions', () => {
  it('take time in proportion to the text, in every source file', () => {
    const files = globSync(sources, { cwd: root }).filter((file) => !tests.test(file))
    const patterns = files.flatMap((file) =>
      patternsIn(file, readFileSync(path.join(root, file), 'utf8')).map((pattern) => ({ file, ...pattern })),
    )
    expect(patterns.length).toBeGreaterThan(50)
    const slow = patterns.flatMap((pattern) => {
      const complexity = complexityOf(pattern)
      return complexity === 'safe' ? [] : [`${pattern.file}: /${pattern.source}/${pattern.flags} is ${complexity}`]
    })
    expect(slow).toEqual([])
  })

  it.each<[string, string]>([
    ['a number as text', String.raw`const decimal = /^\d*\.?\d+(e-?\d+)?$/`],
    ['a failure with a score', String.raw`const failed = /^(?:\d{3}:)?liveness_failed(?:@(\d*\.?\d+))?$/`],
    ['one that is made of a text', String.raw`const list = new RegExp('^(a|a)*$')`],
  ])('are found where they go back and forth: %s', (_name, text) => {
    const [pattern] = patternsIn('example.ts', text)
    expect(pattern && complexityOf(pattern)).toMatch(/^vulnerable: /)
  })
})
