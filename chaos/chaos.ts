import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createAlertProbe } from './alerts.ts'
import { createDice } from './dice.ts'
import { createHistory } from './history.ts'
import { type House, openHouse } from './house.ts'
import { createNemesis } from './nemesis.ts'
import { judge, type Report } from './report.ts'
import { settle } from './settle.ts'

export interface ChaosOptions {
  seed: number
  /** How long faults are drawn, ms; what comes after takes as long as it takes. */
  duration: number
  broker: 'mosquitto' | 'embedded'
  sensors: number
  /** Only faults with one of these words in their name; none: all. */
  only?: readonly string[]
  /** Keep the folder whatever comes out. */
  keep?: boolean
  /** Ends the storm early; the house still has to come to rest. */
  signal?: AbortSignal
  onProgress?(done: number, what: string): void
}

/** ms between two draws, at least and at most */
const [soonest, latest] = [150, 2500]
/** ms between two tries to make a crossing in calm weather */
const drillAfter = 45_000
/** ms between two crossings that are made whatever the faults */
const heatAfter = 13_000
/** Each crossing has a temperature of its own, and the thermometer has no more than this for either kind. */
const mostCrossings = 200

/** One run: a house in a storm, and whether everything is there when it is over. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { seed, duration, broker, sensors, signal = new AbortController().signal, onProgress = () => {} } = options
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'))
  const house = await openHouse({ folder, broker, sensors, volumes: process.getuid?.() === 0 })
  let failed = true
  try {
    const dice = createDice(seed)
    const history = createHistory(house)
    const alertProbe = createAlertProbe(house)
    const over = new AbortController()
    const pause = (ms: number) => delay(ms, undefined, { signal: over.signal }).catch(() => {})
    const stop = () => over.abort()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    // An outage longer than a quarter of the run would be most of it.
    const longest = Math.min(90_000, duration / 4)
    let begin = 0
    const drillEvery = Math.max(drillAfter, duration / mostCrossings)
    const heatEvery = Math.max(heatAfter, duration / mostCrossings)
    const done = () => Math.min(1, (performance.now() - begin) / duration)
    const context = { house, history, longest, pause, beforeDatabase: alertProbe.beforeDatabase }
    const nemesis = createNemesis(house, context, dice, options.only ?? [], (name) => onProgress(done(), name))

    await startAll(house)
    onProgress(0, 'a first alert while all is well')
    await alertProbe.crossing(30_000)

    begin = performance.now()
    let nextDrill = begin + drillEvery
    let nextHeat = begin + heatEvery / 2
    let heating = Promise.resolve()
    const end = begin + duration
    while (performance.now() < end && !over.signal.aborted) {
      await pause(dice.whole(soonest, latest))
      if (!over.signal.aborted) nemesis.strike()
      if (performance.now() > nextHeat && !over.signal.aborted) {
        nextHeat = performance.now() + heatEvery
        heating = alertProbe.stormyCrossing(dice.whole(1500, 4000))
      }
      if (performance.now() < nextDrill || duration < 3 * drillEvery) continue
      onProgress(done(), 'waiting for calm weather')
      await Promise.all([heating, nemesis.calm()])
      await alertProbe.crossing(90_000)
      nextDrill = performance.now() + drillEvery
    }
    stop()
    await Promise.all([heating, nemesis.calm()])

    const settled = await settle({ house, history, alertProbe, patient: duration > 3 * 60_000, onProgress: (what) => onProgress(1, what) })
    const report = judge({ options, folder, house, history, nemesis, alerts: alertProbe.count(history.destroyed('oven')), settled })
    failed = report.failures.length > 0
    return report
  } finally {
    await house.close(failed || options.keep === true)
  }
}

async function startAll({ broker, monitor, sensors }: House): Promise<void> {
  await broker?.start()
  monitor.start()
  for (const { program } of sensors) program.start()
}
