interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds. */
  readonly ts: number
  readonly dur?: number
  /** The same, but only while the thread had a processor. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** What Chromium has to be asked to write down for {@link longestMainTask}. */
export const traceCategories: readonly string[] = [
  'blink.user_timing',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'v8',
]

/** What runs scripts, as traces name it. */
const scripts = new Set(['FunctionCall', 'EvaluateScript', 'RunMicrotasks', 'HandlePostMessage', 'v8.run'])

export interface MainTask {
  /** Of its thread's own time, milliseconds. */
  readonly busy: number
  /** Milliseconds in which other processes may have had the processor, too. */
  readonly elapsed: number
}

/**
 * The longest task of the page's main thread that ran any script, between two of the page's marks. All scripts of the
 * suite's page are ours or drive ours.
 */
export function longestMainTask(trace: string, from: string, to: string): MainTask {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] }
  const mark = (name: string): TraceEvent | undefined => traceEvents.find((event) => event.name === name)
  const [start, end] = [mark(from), mark(to)]
  if (start === undefined || end === undefined) throw new Error('The trace has no marks.')
  // The marks are set by the page's main thread.
  const mine = traceEvents.filter(
    ({ pid, tid, ts }) => pid === start.pid && tid === start.tid && ts >= start.ts && ts <= end.ts,
  )
  const ran = mine.filter(({ name }) => scripts.has(name))
  const tasks = mine.filter(({ name, dur = 0 }) => name.endsWith('RunTask') && dur > 0)
  const isOurs = (task: TraceEvent): boolean => ran.some(({ ts }) => ts >= task.ts && ts <= task.ts + (task.dur ?? 0))
  const longest = (time: (task: TraceEvent) => number): number =>
    Math.max(0, ...tasks.filter(isOurs).map((task) => time(task) / 1000))
  return { busy: longest(({ tdur = 0 }) => tdur), elapsed: longest(({ dur = 0 }) => dur) }
}
