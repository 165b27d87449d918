import type { Endpoint } from './endpoint.ts'
import { collectionEndpoints } from './endpoints/collections.ts'
import { compareEndpoints } from './endpoints/compare.ts'
import { detectEndpoints } from './endpoints/detect.ts'
import { livenessEndpoints } from './endpoints/liveness.ts'
import { personEndpoints } from './endpoints/persons.ts'
import { searchEndpoints } from './endpoints/search.ts'
import { sessionEndpoints } from './endpoints/session.ts'
import { verifyEndpoints } from './endpoints/verify.ts'

/** All endpoints that need a token. Of two paths that match a request, the earlier one answers. */
export const endpoints: readonly Endpoint[] = [
  ...searchEndpoints,
  ...verifyEndpoints,
  ...compareEndpoints,
  ...detectEndpoints,
  ...livenessEndpoints,
  ...personEndpoints,
  ...collectionEndpoints,
  ...sessionEndpoints,
]
