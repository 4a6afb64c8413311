import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { minute, second } from '@hearthwatch/protocol/durations'
import { createAlertProbe } from '../alerts.ts'
import { createHistory } from '../history.ts'
import { compare } from '../oracle.ts'
import { readStored } from '../rows.ts'
import { settle } from '../settle.ts'
import { createTestbed, type Testbed } from '../testbed.ts'
import type { Event } from './chart.ts'
import { makeTrouble, unproven } from './events.ts'
import { type Growth, judge } from './judge.ts'
import { type Sample, takeSample } from './samples.ts'

export interface SoakOptions {
  /** ms */
  duration: number
  sensors: number
  /** Keep the folder after a success too. */
  keep?: boolean
  /** Ends the soak early; all checks are done. */
  signal?: AbortSignal
  onProgress?(done: number, what: string): void
}

export interface SoakReport {
  folder: string
  samples: Sample[]
  events: Event[]
  growth: Growth
  taken: number
  stored: number
  missing: number
  double: number
  /** False: the disk cannot be filled without root. */
  hadFullDisk: boolean
  failures: string[]
}

/** Open pages, and the time between two requests of one. ms */
const pages = 5
const requestInterval = 5 * second
/** Time for the first readings to arrive before anything is measured, ms. */
const warmUp = 3 * second

/** A house runs with the troubles of real homes; its use of memory, handles and disk is sampled, and every reading compared. */
export async function soak({ duration, sensors, keep, signal, onProgress = () => {} }: SoakOptions): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  const volumes = process.getuid?.() === 0
  // The options of the image: a small nursery, so that garbage does not look like a leak.
  const testbed = await createTestbed({ folder, broker: 'mosquitto', sensors, volumes, extra: { NODE_OPTIONS: '--max-semi-space-size=4' } })
  const over = new AbortController()
  const stop = () => over.abort()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  let failed = true
  try {
    const history = createHistory(testbed)
    const alertProbe = createAlertProbe(testbed)
    await testbed.broker?.start()
    testbed.monitor.start()
    for (const { program } of testbed.sensors) program.start()
    onProgress(0, 'starting')
    await alertProbe.crossing(30_000)
    const pause = (ms: number) => delay(Math.max(0, ms), undefined, { signal: over.signal }).catch(() => {})
    await pause(warmUp)

    const begin = performance.now()
    const time = () => performance.now() - begin
    const events: Event[] = []
    const samples: Sample[] = []
    let latest = ''
    const visiting = visit(testbed.url, over.signal)
    const sampling = sample()
    async function sample(): Promise<void> {
      const interval = Math.min(minute, Math.max(second / 2, duration / 600))
      while (time() < duration && !over.signal.aborted) {
        const one = await takeSample(testbed, time())
        if (one !== null) samples.push(one)
        onProgress(
          Math.min(1, time() / duration),
          `${one === null ? '' : `${Math.round(one.anonymous)} MB, ${one.handles} handles; `}${latest}`,
        )
        await pause(interval)
      }
    }
    await makeTrouble(testbed, {
      duration,
      pause,
      isOver: () => over.signal.aborted,
      onEvent(what) {
        latest = what
        events.push({ at: time(), what })
      },
    })
    stop()
    await Promise.all([sampling, visiting])

    const awaitReconnects = duration > 3 * minute
    const { problems, notifications } = await settle({
      testbed,
      history,
      alertProbe,
      awaitReconnects,
      onProgress: (what) => onProgress(1, what),
    })
    const growth = judge(samples)
    const failures = [...growth.failures, ...problems]
    if (notifications.pending + notifications.failed > 0)
      failures.push(`${notifications.pending} notifications are pending, ${notifications.failed} failed`)
    const total = { taken: 0, stored: 0, missing: 0, double: 0 }
    const stored = readStored(testbed.databaseFile)
    for (const sensor of testbed.sensors) {
      const found = compare(history.taken(sensor), stored.get(sensor.room) ?? [], history.destroyed(sensor.room))
      total.taken += found.taken
      total.stored += found.stored
      total.missing += found.missing.length
      total.double += found.double.length + found.altered.length
    }
    if (total.missing > 0) failures.push(`${total.missing} readings are missing`)
    if (total.double > 0) failures.push(`${total.double} readings are stored twice, or were never taken`)
    for (const crash of testbed.monitor.crashes) failures.push(crash)
    failures.push(...unproven(testbed, new Set(events.map(({ what }) => what))))
    failed = failures.length > 0
    return { folder, samples, events, growth, ...total, hadFullDisk: testbed.monitorVolume.limited, failures }
  } finally {
    await testbed.close(failed || keep === true)
  }
}

/** Open pages that listen to events, and one that asks for the rooms. A page reconnects as a browser does. */
async function visit(url: Testbed['url'], signal: AbortSignal): Promise<void> {
  const listen = async () => {
    while (!signal.aborted) {
      try {
        const response = await fetch(`${url}/api/events`, { signal })
        for await (const _ of response.body ?? []) if (signal.aborted) return
      } catch {
        await delay(second, undefined, { signal }).catch(() => {})
      }
    }
  }
  const ask = async () => {
    while (!signal.aborted) {
      await fetch(`${url}/api/rooms`, { signal }).then(
        (response) => response.text(),
        () => {},
      )
      await delay(requestInterval, undefined, { signal }).catch(() => {})
    }
  }
  await Promise.all([ask(), ...Array.from({ length: pages }, listen)])
}
