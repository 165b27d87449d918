const waiting: (() => void)[] = []
let channel: MessageChannel | undefined

/** Lets the worker receive messages, such as that a call was aborted. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    // In Node a port that posts to itself starves the others; browsers have no setImmediate, and delay timers.
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else post(resolve)
  })
}

function post(resolve: () => void): void {
  if (channel === undefined) {
    channel = new MessageChannel()
    channel.port1.addEventListener('message', () => waiting.shift()?.())
    channel.port1.start()
  }
  waiting.push(resolve)
  channel.port2.postMessage(undefined)
}
