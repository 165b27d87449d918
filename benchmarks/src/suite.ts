import type { PackName } from '@visavis/models'
import type { Chart } from './report/chart.ts'
import type { Curves } from './report/curves.ts'

/** A question that can be asked of the project, and its answer in numbers. The metrics' names are a contract. */
export interface Suite {
  readonly name: string
  /** What it asks, as a sentence with a question mark. */
  readonly asks: string
  /** What a metric should be at least or at most, where that was promised. */
  readonly targets: Targets
  /** What was promised of other models than the default, in suites that measure them. */
  readonly modelTargets?: Readonly<Partial<Record<PackName, Targets>>>
  /** Why it cannot run as it was asked to; undefined where it can. */
  readonly lacks?: (options: SuiteOptions) => string | undefined
  run(options: SuiteOptions): Promise<SuiteResult>
  /** Pictures for the report. */
  charts?(result: SuiteResult): (Chart | Curves)[]
  /** Pictures of several models side by side, of their results that are kept; the default's first. */
  modelCharts?(results: ReadonlyMap<PackName, SuiteResult>): (Chart | Curves)[]
}

export type Targets = Readonly<Record<string, Target>>

export interface Target {
  readonly least?: number
  readonly most?: number
}

/** What the command line may say to any suite; a suite takes what concerns it. */
export interface SuiteOptions {
  /** Ends within a minute: the same questions on less. */
  readonly quick: boolean
  /** A folder of people. */
  readonly dataset?: string | undefined
  /** A CSV file of pairs. */
  readonly pairs?: string | undefined
  /** A CSV file of groups of people. */
  readonly groups?: string | undefined
  /** How many people are synced. */
  readonly people?: string | undefined
  /** Comma-separated names of rivals; an empty text for none. */
  readonly rivals?: string | undefined
  /** Comma-separated crop sizes besides the full one, pixels; an empty text for none. */
  readonly sizes?: string | undefined
  /** Comma-separated numbers of vectors for which graphs are built; an empty text for none. */
  readonly graphSizes?: string | undefined
  /** What visavis makes templates with. @default 'dlib' */
  readonly model?: PackName | undefined
  /** Compares ways of searching at equal recall, too. */
  readonly study?: boolean | undefined
}

export interface SuiteResult {
  readonly metrics: Record<string, number>
  /** Metrics that could not be measured, and why. */
  readonly missing: Record<string, string>
  /** The middle half of a metric's samples: from the first to the third quartile. */
  readonly spread: Record<string, readonly [number, number]>
  /** What a reader should know about this run. */
  readonly notes: string[]
}

export function emptyResult(): SuiteResult {
  return { metrics: {}, missing: {}, spread: {}, notes: [] }
}

/** Undefined where nothing was promised of the metric. */
export function meets({ least, most }: Target, value: number): boolean {
  return (least === undefined || value >= least) && (most === undefined || value <= most)
}
