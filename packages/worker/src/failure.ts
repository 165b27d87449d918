import { isVisavisError, toWire, VisavisError, type WireError } from '@visavis/core'

/** An error as it crosses between threads. */
export type Failure =
  | { readonly kind: 'visavis'; readonly wire: WireError; readonly stack?: string; readonly cause?: Failure }
  | {
      readonly kind: 'error'
      readonly name: string
      readonly message: string
      readonly dom: boolean
      /** Of the system's errors in Node, such as `ENOENT`. */
      readonly code?: string
      readonly stack?: string
      readonly cause?: Failure
    }
  | { readonly kind: 'value'; readonly value: unknown }

/** What a call came to. Errors cross as data because a port keeps neither their class nor what was added to them. */
export type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'failure'; readonly failure: Failure }
  /** The caller's signal was aborted; its reason never left the caller. */
  | { readonly kind: 'aborted' }

/** How many causes of causes are kept; an error may be its own. */
const mostCauses = 8

export function toFailure(error: unknown, depth: number = 0): Failure {
  if (!(error instanceof Error)) return { kind: 'value', value: cloneable(error) }
  const rest = {
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...('cause' in error && depth < mostCauses ? { cause: toFailure(error.cause, depth + 1) } : {}),
  }
  if (isVisavisError(error)) return { kind: 'visavis', wire: toWire(error), ...rest }
  const { code } = error as { code?: unknown }
  return {
    kind: 'error',
    name: error.name,
    message: error.message,
    dom: typeof DOMException === 'function' && error instanceof DOMException,
    ...(typeof code === 'string' ? { code } : {}),
    ...rest,
  }
}

export function fromFailure(failure: Failure): unknown {
  if (failure.kind === 'value') return failure.value
  const error = rebuilt(failure)
  if (failure.stack !== undefined) Object.defineProperty(error, 'stack', { value: failure.stack, configurable: true })
  return error
}

const nativeErrors = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError } as const

function rebuilt(failure: Exclude<Failure, { kind: 'value' }>): Error {
  const options = failure.cause === undefined ? {} : { cause: fromFailure(failure.cause) }
  if (failure.kind === 'visavis') {
    const { code, message, ...details } = failure.wire
    return new VisavisError(code, message, { ...details, ...options })
  }
  const { name, message, dom, code } = failure
  if (dom) return new DOMException(message, name)
  const Native = name in nativeErrors ? nativeErrors[name as keyof typeof nativeErrors] : Error
  const error = new Native(message, options)
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true })
  return code === undefined ? error : Object.assign(error, { code })
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value)
  } catch {
    return String(value)
  }
}
