import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { minute } from '@hearthwatch/protocol/durations'
import { createAlertProbe } from './alerts.ts'
import { createDice } from './dice.ts'
import { createHistory } from './history.ts'
import { createNemesis } from './nemesis.ts'
import type { ChaosOptions } from './options.ts'
import { evaluate, type Report } from './report.ts'
import { settle } from './settle.ts'
import { createTestbed, type Testbed } from './testbed.ts'

/** Shortest and longest time between two faults, ms. */
const [shortestPause, longestPause] = [150, 2500]
/** Time between two crossings without faults, ms. */
const probeInterval = 45_000
/** Time between two crossings during faults, ms. */
const disturbedInterval = 13_000
/** Each crossing has its own temperature, and the thermometer's range allows this many of either kind. */
const mostCrossings = 200

/** Injects faults into a testbed for a time, waits for recovery, and checks that every reading is stored exactly once. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { seed, duration, broker, sensors, signal = new AbortController().signal, onProgress = () => {} } = options
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'))
  const testbed = await createTestbed({ folder, broker, sensors, volumes: process.getuid?.() === 0 })
  let failed = true
  try {
    const dice = createDice(seed)
    const history = createHistory(testbed)
    const alertProbe = createAlertProbe(testbed)
    const over = new AbortController()
    const pause = (ms: number) => delay(ms, undefined, { signal: over.signal }).catch(() => {})
    const stop = () => over.abort()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    // A longer outage would take most of the run.
    const longestOutage = Math.min(1.5 * minute, duration / 4)
    let begin = 0
    const probeEvery = Math.max(probeInterval, duration / mostCrossings)
    const disturbedEvery = Math.max(disturbedInterval, duration / mostCrossings)
    const done = () => Math.min(1, (performance.now() - begin) / duration)
    const context = { testbed, history, longestOutage, pause, beforeDatabase: alertProbe.beforeDatabase }
    const nemesis = createNemesis(testbed, context, dice, options.only ?? [], (name) => onProgress(done(), name))

    await startAll(testbed)
    onProgress(0, 'first alert, without faults')
    await alertProbe.crossing(30_000)

    begin = performance.now()
    let nextProbe = begin + probeEvery
    let nextDisturbed = begin + disturbedEvery / 2
    let heating = Promise.resolve()
    const end = begin + duration
    while (performance.now() < end && !over.signal.aborted) {
      await pause(dice.whole(shortestPause, longestPause))
      if (!over.signal.aborted) nemesis.inject()
      if (performance.now() > nextDisturbed && !over.signal.aborted) {
        nextDisturbed = performance.now() + disturbedEvery
        heating = alertProbe.crossingDuringFaults(dice.whole(1500, 4000))
      }
      if (performance.now() < nextProbe || duration < 3 * probeEvery) continue
      onProgress(done(), 'waiting for the end of all faults')
      await Promise.all([heating, nemesis.idle()])
      await alertProbe.crossing(90_000)
      nextProbe = performance.now() + probeEvery
    }
    stop()
    await Promise.all([heating, nemesis.idle()])

    const awaitReconnects = duration > 3 * minute
    const settled = await settle({ testbed, history, alertProbe, awaitReconnects, onProgress: (what) => onProgress(1, what) })
    const alerts = alertProbe.count(history.destroyed('oven'))
    const report = evaluate({ options, folder, testbed, history, nemesis, alerts, settled })
    failed = report.failures.length > 0
    return report
  } finally {
    await testbed.close(failed || options.keep === true)
  }
}

async function startAll({ broker, monitor, sensors }: Testbed): Promise<void> {
  await broker?.start()
  monitor.start()
  for (const { program } of sensors) program.start()
}
