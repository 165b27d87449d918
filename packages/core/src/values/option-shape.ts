import { VisavisError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'

/** Throws `invalid_option` where the value of the option is not what it may be. */
export type OptionCheck = (name: string, value: unknown) => void

/**
 * The options that a call takes, each with what it may be. The compiler holds the names against the type of the options,
 * so neither has one that the other does not know.
 */
export type OptionShape<Options> = { readonly [Name in keyof Required<Options>]: OptionCheck }

/**
 * Holds what a caller passed against the options there are.
 *
 * @param name What the options are called in messages.
 * @throws VisavisError `invalid_option` where it is no object, or has an option that does not exist, with the one that was
 * probably meant, or one that is not what it may be
 */
export function checkOptions<Options extends object>(
  name: string,
  shape: OptionShape<Options>,
  given: unknown,
): asserts given is Options {
  checkNames(name, shape, given, '')
  checkValues(shape, given as Record<string, unknown>, '')
}

/** Options that are an option themselves. */
export function optionsOf<Options extends object>(shape: OptionShape<Options>): OptionCheck {
  return (name, value) => {
    checkNames(name, shape, value, `${name}.`)
    checkValues(shape, value as Record<string, unknown>, `${name}.`)
  }
}

/** May be left out. */
export function optional(check: OptionCheck): OptionCheck {
  return (name, value) => {
    if (value !== undefined) check(name, value)
  }
}

/** May be left out, or `null`. */
export function nullable(check: OptionCheck): OptionCheck {
  return (name, value) => {
    if (value !== undefined && value !== null) check(name, value)
  }
}

/** A value whose own definition says what is wrong with it. */
export function valueOf(fault: (value: unknown) => string | undefined): OptionCheck {
  return (name, value) => {
    const words = fault(value)
    if (words !== undefined) throw invalidOption(name, words)
  }
}

export function number(least: number, most: number): OptionCheck {
  return (name, value) => {
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw invalidOption(name, `must be a number from ${least} to ${most}`, value)
    }
  }
}

export function integer(least: number, most: number): OptionCheck {
  return (name, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw invalidOption(name, `must be a whole number from ${least} to ${most}`, value)
    }
  }
}

export function oneOf(...values: readonly string[]): OptionCheck {
  const quoted = values.map((value) => `'${value}'`)
  const words = [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(' or ')
  return (name, value) => {
    if (!values.includes(value as string)) throw invalidOption(name, `must be ${words}`)
  }
}

export function text(least: number, most: number): OptionCheck {
  return (name, value) => {
    if (typeof value !== 'string' || value.length < least || value.length > most) {
      throw invalidOption(name, `must be a string of ${least} to ${most} characters`)
    }
  }
}

export const flag: OptionCheck = (name, value) => {
  if (typeof value !== 'boolean') throw invalidOption(name, 'must be true or false')
}

export const callback: OptionCheck = (name, value) => {
  if (typeof value !== 'function') throw invalidOption(name, 'must be a function')
}

export const abortSignal: OptionCheck = (name, value) => {
  const { throwIfAborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>
  if (typeof throwIfAborted !== 'function' || typeof addEventListener !== 'function') {
    throw invalidOption(name, 'must be an AbortSignal')
  }
}

/** Something with these methods. @param words What it is to be, as `a recognizer`. */
export function having(words: string, ...methods: readonly string[]): OptionCheck {
  return (name, value) => {
    const isThere = (typeof value === 'object' && value !== null) || typeof value === 'function'
    if (!isThere || !methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')) {
      throw invalidOption(name, `must be ${words}`)
    }
  }
}

export function listOf(check: OptionCheck): OptionCheck {
  return (name, value) => {
    if (!Array.isArray(value)) throw invalidOption(name, 'must be a list')
    for (const [i, one] of value.entries()) check(`${name}[${i}]`, one)
  }
}

/** Accepts any value: it is checked where it is used. */
export const anything: OptionCheck = () => {}

/**
 * @param words What it must be, after its name.
 * @param value Shown in the message where it is a number, true, false or null: those are not personal.
 */
export function invalidOption(name: string, words: string, value?: unknown): VisavisError {
  const isShown = typeof value === 'number' || typeof value === 'boolean' || value === null
  return new VisavisError('invalid_option', `${name} ${words}${isShown ? `, not ${String(value)}` : ''}.`)
}

function checkNames(name: string, shape: object, given: unknown, prefix: string): void {
  // Also of another realm; lists, signals, maps and functions are no options.
  if (Object.prototype.toString.call(given) !== '[object Object]') throw invalidOption(name, 'must be an object', given)
  const known = Object.keys(shape)
  // What is inherited is read like what is the object's own.
  for (const key in given as object) {
    if (Object.hasOwn(shape, key) || isEverywhere(key, given as object)) continue
    // A key may be anything, a token even.
    const shown = /^[\w.-]{1,40}$/.test(key) ? `${prefix}${key}` : `an option of ${name}`
    const meant = nearestName(key, known)
    throw new VisavisError(
      'invalid_option',
      meant === undefined
        ? `${shown} is not known; ${name} takes ${known.length === 0 ? 'no options' : known.join(', ')}.`
        : `${shown} is not known: did you mean ${prefix}${meant}?`,
    )
  }
}

/** What old libraries put on every object there is. */
function isEverywhere(key: string, given: object): boolean {
  return key in Object.prototype && !Object.hasOwn(given, key)
}

function checkValues(
  shape: OptionShape<Record<string, unknown>>,
  given: Record<string, unknown>,
  prefix: string,
): void {
  for (const name of Object.keys(shape)) shape[name]?.(`${prefix}${name}`, given[name])
}
