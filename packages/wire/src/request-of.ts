import { nearestName } from '@visavis/core/kit'
import * as z from 'zod'

/** Fields that clients of the service send with any request, and that change nothing about an answer here. */
const passedOver: ReadonlySet<string> = new Set(['cropFace', 'email', 'phone', 'project'])

/**
 * The schema of a request's body. A field that is not known is refused with the one that was probably meant: if
 * `collectionId` were ignored, all people would be searched.
 */
export function requestOf<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodType<z.output<z.ZodObject<Shape>>, z.input<z.ZodObject<Shape>>> {
  return z.looseObject(shape).superRefine((body, context) => refuseUnknown(shape, passedOver, body, context)) as never
}

/**
 * The schema of a query: of each name its text, or where it stands several times the list of them. Names that begin with
 * `_` are of what stands between client and server, as those that keep an answer out of a cache, and are passed over.
 */
export function queryOf<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodType<z.output<z.ZodObject<Shape>>, Record<string, unknown>> {
  return z
    .looseObject(shape)
    .superRefine((query, context) =>
      refuseUnknown(shape, new Set(Object.keys(query).filter((name) => name.startsWith('_'))), query, context),
    ) as never
}

/** Of a request that has no fields: none may be sent, for it would be passed over. */
export const noFields: z.ZodType<object, Record<string, unknown>> = queryOf({})

/** The field that was probably meant by one that is not known; `undefined` where none is like it. */
export function meantField(params: unknown): string | undefined {
  const meant: unknown = (params as { meant?: unknown } | undefined)?.meant
  return typeof meant === 'string' ? meant : undefined
}

function refuseUnknown(
  shape: z.ZodRawShape,
  others: ReadonlySet<string>,
  sent: object,
  context: z.RefinementCtx,
): void {
  for (const key of Object.keys(sent)) {
    if (Object.hasOwn(shape, key) || others.has(key)) continue
    const meant = nearestName(key, Object.keys(shape))
    context.addIssue({ code: 'unrecognized_keys', keys: [key], input: sent, params: { meant } } as never)
    return
  }
}
