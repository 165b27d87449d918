import * as z from 'zod'

/**
 * The schema of a request's body. Fields that are not known are passed over, since clients of the service send more
 * than ours needs; but one that is written like a known field, as `collectionId`, is refused: were it passed over, a
 * search would be among everybody.
 */
export function requestOf<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodType<z.output<z.ZodObject<Shape>>, z.input<z.ZodObject<Shape>>> {
  const known = new Map(Object.keys(shape).map((name) => [plain(name), name]))
  return z.looseObject(shape).superRefine((body, context) => {
    for (const key of Object.keys(body)) {
      if (key in shape) continue
      if (known.has(plain(key)) || (known.has('collectionid') && /col+ect/i.test(key))) {
        context.addIssue({ code: 'unrecognized_keys', keys: [key], input: body })
      }
    }
  }) as never
}

/** A name without case, marks and plural. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/s$/, '')
}
