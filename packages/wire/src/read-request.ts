import { VisavisError } from '@visavis/core'
import type * as z from 'zod'
import { meantField } from './request-of.ts'

/**
 * A request that is as its schema says.
 *
 * @throws VisavisError `bad_request`, with what is wrong in the words of the service: `"min_score" is required.`
 */
export function readRequest<Value>(schema: z.ZodType<Value, unknown>, body: unknown): Value {
  const { data, error } = schema.safeParse(body)
  if (error === undefined) return data
  const [issue] = error.issues
  const words = issue === undefined ? '"value" is not valid' : describe(issue, body)
  throw new VisavisError('bad_request', words.endsWith('?') ? words : `${words}.`)
}

const typeWords: Readonly<Record<string, string>> = { array: 'an array', int: 'an integer', object: 'an object' }

type Issue = z.core.$ZodIssue

/** As Joi, which the service validates with, would put it; a value is never part of it. */
function describe(issue: Issue, body: unknown): string {
  const field = `"${nameOf(issue.path)}"`
  if (issue.code === 'unrecognized_keys') {
    // A key may be anything, a picture even.
    const key = issue.keys[0] ?? ''
    const refused = `${/^[\w[\]-]{1,40}$/.test(key) ? `"${nameOf([...issue.path, key])}"` : 'a field'} is not allowed`
    const meant = meantField((issue as { params?: unknown }).params)
    return meant === undefined ? refused : `${refused}; did you mean "${meant}"?`
  }
  if (valueAt(body, issue.path) === undefined) return `${field} is required`
  switch (issue.code) {
    case 'too_small':
      return tooSmall(field, issue)
    case 'too_big':
      return tooBig(field, issue)
    case 'invalid_value':
      return `${field} must be one of [${issue.values.join(', ')}]`
    case 'invalid_type':
      return `${field} must be ${typeWords[issue.expected] ?? `a ${issue.expected}`}`
    case 'not_multiple_of':
      return `${field} must be an integer`
    case 'invalid_union':
      // Where text is taken for a number.
      return `${field} must be a number`
    case 'invalid_format':
      return issue.format === 'regex' ? `${field} must be a number` : `${field} must be in ${issue.format} format`
    case 'custom':
      return `${field} ${issue.message}`
    default:
      return `${field} is not valid`
  }
}

function tooSmall(field: string, { origin, minimum }: Extract<Issue, { code: 'too_small' }>): string {
  if (origin === 'array') return `${field} must contain at least ${minimum} items`
  if (origin !== 'string') return `${field} must be greater than or equal to ${minimum}`
  return minimum === 1
    ? `${field} is not allowed to be empty`
    : `${field} length must be at least ${minimum} characters long`
}

function tooBig(field: string, { origin, maximum }: Extract<Issue, { code: 'too_big' }>): string {
  if (origin === 'array') return `${field} must contain less than or equal to ${maximum} items`
  return origin === 'string'
    ? `${field} length must be less than or equal to ${maximum} characters long`
    : `${field} must be less than or equal to ${maximum}`
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0
    ? 'value'
    : path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('')
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key]
  return value
}
