import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Gauges {
  readonly running: () => number
  readonly waiting: () => number
  readonly bodyBytes: () => number
}

/** From a crop on a quiet machine to a photograph on a busy one, seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What Prometheus reads of a server. No label has a value that a caller chooses. */
export class ServerMetrics {
  readonly #registry: Registry = new Registry()
  readonly #requests: Counter<'method' | 'route' | 'status'>
  readonly #seconds: Histogram<'route'>
  readonly #waits: Histogram
  readonly #refusals: Counter<'code'>
  readonly #outcomes: Counter<'outcome'>
  #watching = false

  constructor({ running, waiting, bodyBytes }: Gauges) {
    const registers = [this.#registry]
    this.#requests = new Counter({
      name: 'visavis_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    })
    this.#seconds = new Histogram({
      name: 'visavis_http_request_seconds',
      help: 'From the head of a request to its answer, waiting included.',
      labelNames: ['route'],
      buckets,
      registers,
    })
    this.#waits = new Histogram({
      name: 'visavis_recognition_wait_seconds',
      help: 'How long requests waited for their turn to recognize.',
      buckets,
      registers,
    })
    this.#refusals = new Counter({
      name: 'visavis_refusals_total',
      help: 'Requests refused, by the code of the error.',
      labelNames: ['code'],
      registers,
    })
    this.#outcomes = new Counter({
      name: 'visavis_searches_total',
      help: 'Searches by what came of them: found or nobody.',
      labelNames: ['outcome'],
      registers,
    })
    gauge('visavis_recognitions_running', 'Requests that recognize now.', running)
    gauge('visavis_recognitions_waiting', 'Requests that wait for their turn to recognize.', waiting)
    gauge('visavis_body_bytes', 'Bytes of request bodies held now.', bodyBytes)

    function gauge(name: string, help: string, read: () => number): void {
      // The registry keeps it.
      void new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    }
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** The text that Prometheus reads. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** Adds what Node says of the process: processor time, memory, event-loop delay. */
  watchProcess(): void {
    if (this.#watching) return
    this.#watching = true
    collectDefaultMetrics({ register: this.#registry })
  }

  answered(request: { method: string; route: string; status: number; seconds: number; code: string | null }): void {
    const { method, route, status, seconds, code } = request
    this.#requests.inc({ method, route, status })
    this.#seconds.observe({ route }, seconds)
    if (code !== null) this.#refusals.inc({ code })
  }

  waited(seconds: number): void {
    this.#waits.observe(seconds)
  }

  searched(found: boolean): void {
    this.#outcomes.inc({ outcome: found ? 'found' : 'nobody' })
  }
}
