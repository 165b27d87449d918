import { errorBody } from '@visavis/wire'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }
import type { Endpoint } from './endpoint.ts'

/** What the endpoints take and give, as an OpenAPI 3.1 document. */
export function openApiDocument(endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const endpoint of endpoints) {
    const { path, method } = endpoint
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'visavis',
      version: manifest.version,
      description: "Verifik's face recognition endpoints, answered by a matcher of visavis.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: schemaOf(errorBody, 'output') },
      responses: {
        Error: {
          description: 'Why the request was not served.',
          content: jsonContent({ $ref: '#/components/schemas/Error' }),
        },
      },
    },
  }
}

function describe({ method, path, summary, scope, body, query, answer }: Endpoint): object {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...(query === undefined ? [] : queryParameters(query)),
  ]
  return {
    operationId: operationId(method, path),
    summary,
    description: `Needs a token with the scope ${scope}.`,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: jsonContent(schemaOf(body, 'input')) } }),
    responses: {
      ...(answer !== undefined && {
        '200': { description: 'Done.', content: jsonContent(schemaOf(answer, 'output')) },
      }),
      default: { $ref: '#/components/responses/Error' },
    },
  }
}

function queryParameters(query: z.ZodType): object[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, object>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

/** @param io What is sent, or what becomes of it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline' })
  return rest
}

function jsonContent(schema: object): object {
  return { 'application/json': { schema } }
}

/** `POST /v2/face-recognition/search/crops` is `postSearchCrops`. */
function operationId(method: string, path: string): string {
  const words = path.replace(/^\/v2\/(face-recognition\/)?/, '').match(/\w+/g) ?? []
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
