import type { Gender, SearchMode } from '@visavis/core'
import { birthDateFault, idFault, longestId, type TextRule } from '@visavis/core/kit'
import * as z from 'zod'
import { mostImages, type ScoreBounds } from './bounds.ts'

/** A field of a request: what it becomes, from what clients may send. */
export type Field<Value, Sent = Value> = z.ZodType<Value, Sent>

const decimal = /^(?:\d+(?:\.\d+)?|\.\d+)(?:e-?\d+)?$/
/** No number has more digits that count. */
const longestNumber = 40

/** A number, or the same as text: clients written for the service send both. */
function numberField(least: number, most: number): Field<number, number | string> {
  return z
    .union([z.number().min(least).max(most), z.string().max(longestNumber, { abort: true }).regex(decimal)])
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .meta({ description: `A number from ${least} to ${most}, or the same as text.` })
}

export function scoreField({ least, most }: ScoreBounds): Field<number, number | string> {
  return numberField(least, most)
}

export function integerField(least: number, most: number): Field<number, number | string> {
  return z
    .union([
      z.number().multipleOf(1).min(least).max(most),
      z
        .string()
        .max(longestNumber, { abort: true })
        .regex(/^\d{1,15}$/),
    ])
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ description: `A whole number from ${least} to ${most}, or the same as text.` })
}

/** One picture; whether it is one shows when it is decoded. */
export const imageField: Field<string> = z
  .string()
  .min(1)
  .meta({ description: 'A JPEG, PNG or WebP file as base64, with or without a data: prefix.' })

export const imagesField: Field<string[]> = z
  .array(imageField)
  .min(1)
  .max(mostImages)
  .meta({ description: `One to ${mostImages} pictures of one person.` })

export const searchModeField: Field<SearchMode> = z.enum(['FAST', 'ACCURATE'])

export const genderField: Field<Gender> = z.enum(['M', 'F'])

/** Of what is there, or may be. */
export const idField: Field<string> = z.string().min(1).max(longestId)

/** Of what is to be made. */
export const newIdField: Field<string> = textField(z.string().min(1).max(longestId), idFault)

export const dayField: Field<string> = textField(z.iso.date(), (value) => birthDateFault(value)).meta({
  description: 'A day as YYYY-MM-DD.',
})

/** A text of one of core's rules; the lengths are also in the schema, for its readers. */
export function ruledField(rule: TextRule, fault: (value: unknown) => string | undefined): Field<string> {
  return textField(z.string().min(rule.least).max(rule.most), fault)
}

/** @param fault What is wrong with a text that is as the schema says, as core tells it. */
function textField(schema: Field<string>, fault: (value: unknown) => string | undefined): Field<string> {
  return schema.superRefine((value, context) => {
    const words = fault(value)
    if (words !== undefined) context.addIssue({ code: 'custom', message: words, input: value })
  })
}

/** What took the picture that liveness is judged of. */
export type OperatingSystem = 'ANDROID' | 'IOS' | 'DESKTOP'
