import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { type Link, NotConnected, Refused } from '@hearthwatch/mqtt'
import { topicOf, topics } from '@hearthwatch/protocol'
import { second } from '@hearthwatch/protocol/durations'
import type { LiveState } from '../live/live-state.ts'
import type { Store } from '../store/store.ts'
import { type Announced, deviceAnnouncement, houseAnnouncement, monitorAnnouncement, roomAnnouncement } from './announcement.ts'
import { divide, dividedIn } from './division.ts'

/** Changes come in bursts; no topic is published more than once in this time. ms */
const pause = 1000
/** Home Assistant publishes its birth slightly before it listens. ms */
const afterBirth = { least: 2 * second, random: 5 * second }
/** Home Assistant unloads the entities of a topic, so that another topic may bring them; it keeps their names and history. */
const handOver = JSON.stringify({ migrate_discovery: true })
/** Time for it, ms. */
const unloading = second
/** The problems of rooms and the diagnostics are compared with what was published. ms */
const reviewEvery = 5 * second

export interface AnnouncerOptions {
  /** The setting HA_DISCOVERY. */
  isOn: boolean
  /** The prefix of Home Assistant's discovery. */
  prefix: string
  store: Store
  liveState: Pick<LiveState, 'onEvent'>
  link(): Link
  version: string
  log: Log
}

export type Announcer = ReturnType<typeof createAnnouncer>

/** Announces our own sensors to Home Assistant, as whole devices. Devices of others are never announced: it has them already. */
export function createAnnouncer({ isOn, prefix, store, liveState, link, version, log }: AnnouncerOptions) {
  /** The last payload by topic, since the connection. */
  const published = new Map<string, string>()
  /** Topics whose announcement no packet has room for. */
  const tooLarge = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let birth: NodeJS.Timeout | undefined
  let working = Promise.resolve()
  let isReady = false
  let isHeard = false

  const topicFor = (slug: string) => `${prefix}/device/${slug}/config`

  function wanted(before: ReadonlySet<string>): Map<string, string> {
    const divided = dividedIn(before)
    const devices = [...store.devices.all()]
    const uses = new Map<string, number>()
    for (const { info } of devices) if (info?.status !== undefined) uses.set(info.status, (uses.get(info.status) ?? 0) + 1)
    const claimed = new Set(devices.flatMap(({ claims }) => Object.keys(claims)))
    const plain = Map.groupBy(
      store.readings
        .names()
        .filter(({ room, quantity, device }) => device === null && !claimed.has(topicOf('reading', { room, quantity }))),
      ({ room }) => room,
    )
    const anonymous = new Set(devices.flatMap(({ id, room }) => (id === null && room !== null ? [room] : [])))
    const rooms = [...new Set(devices.flatMap(({ room, described }) => (room === null || described?.isIgnored ? [] : [room])))].sort()
    const all: (Announced | null)[] = [
      monitorAnnouncement(version),
      houseAnnouncement(rooms),
      ...devices.map((device) => deviceAnnouncement(device, (status) => (uses.get(status) ?? 0) > 1)),
      ...[...plain].map(([room, series]) =>
        anonymous.has(room) ? roomAnnouncement(room, series.map(({ quantity }) => quantity).sort()) : null,
      ),
    ]
    const parts = all.flatMap((one) => (one === null ? [] : divide(one, divided.has(topicFor(one.slug)))))
    return new Map(parts.map(({ slug, payload }) => [topicFor(slug), JSON.stringify(payload)]))
  }

  function states(): Map<string, string> {
    const troubled = new Set([...store.alerts.allOpen()].flatMap(({ room, state }) => (state === 'firing' && room !== null ? [room] : [])))
    const devices = [...store.devices.all()]
    const rooms = new Set(devices.flatMap(({ room }) => (room === null ? [] : [room])))
    const sum = (of: (device: (typeof devices)[number]) => number) => devices.reduce((total, device) => total + of(device), 0)
    const diagnostics = {
      outbox: sum(({ heartbeat }) => heartbeat?.outbox ?? 0),
      missing: sum(({ id }) => (id === null ? 0 : store.records.missing(id))),
    }
    return new Map([
      ...[...rooms].map((room): [string, string] => [topicOf('problem', { room }), troubled.has(room) ? 'ON' : 'OFF']),
      [topicOf('diagnostics', {}), JSON.stringify(diagnostics)],
    ])
  }

  /** Publishes what differs from what was published, and takes back what is no longer wanted. */
  async function update(again: boolean): Promise<void> {
    if (!isReady || link().state !== 'connected') return
    const before = store.announced.all()
    const now = isOn ? new Map([...wanted(before), ...states()]) : new Map<string, string>()
    const divided = dividedIn(now.keys())
    const outgrown = [...before].filter((topic) => !now.has(topic) && divided.has(topic))
    try {
      for (const topic of outgrown) await link().publish(topic, handOver, topics.problem)
      if (outgrown.length > 0) await delay(unloading)
      for (const [topic, payload] of now) {
        if (published.get(topic) === payload && !(again && topic.startsWith(`${prefix}/`))) continue
        // Remembered first: what was published must be taken back some day.
        if (!before.has(topic)) store.transaction(() => store.announced.add(topic))
        published.set(topic, payload)
        await announce(topic, payload)
      }
      for (const topic of before) {
        if (now.has(topic)) continue
        await link().publish(topic, '', topics.problem)
        published.delete(topic)
        store.transaction(() => store.announced.remove(topic))
      }
    } catch (error) {
      // The next connection publishes everything.
      if (error instanceof Refused) isReady = false
      if (!(error instanceof NotConnected)) throw error
      log.debug('not announced to Home Assistant', { error })
    }
  }

  /** Publishes one announcement. A device that is too large keeps none of the others away. */
  async function announce(topic: string, payload: string): Promise<void> {
    try {
      await link().publish(topic, payload, topics.problem)
      tooLarge.delete(topic)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      if (!tooLarge.has(topic)) log.warn('a device is too large to be announced to Home Assistant; the others are announced', { error })
      tooLarge.add(topic)
    }
  }

  function start(again: boolean): void {
    working = working.then(() => update(again)).catch((error: Error) => log.warn('could not announce devices to Home Assistant', { error }))
  }

  function born(): void {
    isHeard = true
    if (!isOn || birth !== undefined) return
    const wait = afterBirth.least + Math.random() * afterBirth.random
    birth = setTimeout(() => {
      birth = undefined
      start(true)
    }, wait)
  }

  const stopListening = liveState.onEvent(({ type }) => {
    if (type !== 'status' && type !== 'alert') return
    timer ??= setTimeout(() => {
      timer = undefined
      start(false)
    }, pause)
  })
  const review = isOn ? setInterval(() => start(false), reviewEvery) : undefined

  return {
    /** Home Assistant says that it has started: it hears everything again, once it listens. */
    birth: { topic: `${prefix}/status`, born },
    /** True if Home Assistant has started on this broker since the monitor did. */
    get isHeard() {
      return isHeard
    },

    /** A new connection: the broker may have lost its retained messages. */
    connected(): void {
      isReady = true
      published.clear()
      start(false)
    },

    async close(): Promise<void> {
      isReady = false
      stopListening()
      clearTimeout(timer)
      clearTimeout(birth)
      clearInterval(review)
      await working
    },
  }
}
