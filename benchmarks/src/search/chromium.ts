import { fileURLToPath } from 'node:url'
import { openBuiltPage } from './built-page.ts'
import type { SuiteResult } from '../suite.ts'
import type { SizeRequest } from './measure-size.ts'
import type { SearchRivalName } from './rivals/rival.ts'

/** A page of Chromium that measures the same code; `measure` takes one size after the other. */
export interface SearchPage extends AsyncDisposable {
  readonly version: string
  measure(request: SizeRequest, rivals: readonly SearchRivalName[]): Promise<SuiteResult>
}

/** @throws Error where there is no Chromium. */
export async function openSearchPage(): Promise<SearchPage> {
  const built = await openBuiltPage(fileURLToPath(new URL('page.ts', import.meta.url)))
  const { page, version } = built
  return {
    version,
    measure: (request, rivals) =>
      page.evaluate(([asked, names]) => globalThis.measureInPage(asked, names), [request, rivals] as const),
    [Symbol.asyncDispose]: () => built[Symbol.asyncDispose](),
  }
}
