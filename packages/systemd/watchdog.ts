import { Worker } from 'node:worker_threads'

/** ms between two signs of life, and between two looks at them */
const interval = 1000

/**
 * A thread that ends the process if its event loop has been blocked for too long: a supervisor starts it again. Looks are counted,
 * not time, so that a machine that slept, or a process that was stopped, is no hang.
 * @param limit ms
 * @returns stops it
 */
export function startWatchdog(limit: number): () => Promise<void> {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  const timer = setInterval(() => Atomics.add(beats, 0, 1), interval)
  timer.unref()
  const worker = new Worker(thread, {
    eval: true,
    workerData: { beats, interval, looks: Math.ceil(limit / interval) },
    // It needs next to nothing.
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    env: {},
    execArgv: [],
  })
  worker.unref()
  // Without threads, as on a machine at its limit, the program goes on.
  worker.on('error', () => clearInterval(timer))
  return async () => {
    clearInterval(timer)
    await worker.terminate()
  }
}

/** SIGKILL, because a blocked event loop handles no other signal. */
const thread = `
  const { workerData: { beats, interval, looks } } = require('node:worker_threads')
  let last = -1, same = 0
  setInterval(() => {
    const now = Atomics.load(beats, 0)
    same = now === last ? same + 1 : 0
    last = now
    if (same < looks) return
    require('node:fs').writeSync(2, new Date().toISOString() + ' ERROR watchdog: THE PROGRAM HANGS for ' + looks + ' s; it is ended, so that its supervisor starts it again\\n')
    process.kill(process.pid, 'SIGKILL')
  }, interval)
`
