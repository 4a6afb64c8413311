import { existsSync } from 'node:fs'
import type { Log } from '@hearthwatch/log'
import { connect } from '@hearthwatch/mqtt'
import { type Info, type Row, topicOf, topics, writeReading } from '@hearthwatch/protocol'
import { atMost } from './at-most.ts'
import type { SensorConfig } from './config.ts'
import { openOrders } from './control/control.ts'
import { createLamp } from './control/identify.ts'
import type { InForce } from './control/settings.ts'
import { gridsOf } from './grids.ts'
import { createAlerts } from './live/alerts.ts'
import { createLive } from './live/live.ts'
import { rateOf } from './live/rate.ts'
import { uptimeNow } from './outbox/boot.ts'
import { openOutbox } from './outbox/open.ts'
import { createRecord } from './outbox/sync.ts'
import manifest from './package.json' with { type: 'json' }
import { createPulse } from './presence/heartbeat.ts'
import { infoOf } from './presence/info.ts'
import { createPresence } from './presence/presence.ts'
import { readCalibrated } from './probes/calibrate.ts'
import { openProbes } from './probes/index.ts'
import type { Reading } from './probes/probe.ts'
import { startSchedule } from './schedule.ts'

export interface Sensor {
  /** Says `offline` and goodbye. Takes at most 5 s. */
  close(): Promise<void>
}

/** How long the reading under way may take until we go without it, and the broker to acknowledge that we go. ms */
const unfinished = 1000
const farewell = 2000
/** Made by systemd-timesyncd when NTP has set the clock (systemd-timesyncd.service(8)). */
const synchronisedFile = '/run/systemd/timesync/synchronized'

export interface SensorOptions {
  /** Half an hour without a connection: the process should end and be started afresh. */
  onStuck?: () => void
  /** The monitor has it started afresh; without this it refuses. */
  onRestart?: () => void
  /** After each commit of the outbox, for each row that has got its time. */
  onKept?: (row: Row) => void
  /** The wall clock, ms since the epoch; and whether NTP vouches for it. */
  wall?: () => number
  isSynchronised?: () => boolean
}

/**
 * One sensor: on each tick it reads its probes, says the values aloud, and tells people of a crossed limit.
 * A broker that is not there stops none of it, and what was read meanwhile is kept for the monitor.
 * @throws OutboxUnusable where another sensor uses the same outbox, or its folder cannot be used
 */
export async function startSensor(config: SensorConfig, log: Log, options: SensorOptions = {}): Promise<Sensor> {
  const { onStuck, onRestart, onKept, wall = Date.now, isSynchronised = () => existsSync(synchronisedFile) } = options
  const { SENSOR_ID: id, ROOM: room, tls } = config
  const now = () => wall()
  const steady = () => performance.now()

  const record = createRecord({
    id,
    outbox: openOutbox(config, log.child('outbox')),
    rules: { batchSize: config.BATCH_SIZE, batchInterval: config.BATCH_INTERVAL * 1000 },
    publish,
    look: () => ({ wall: wall(), uptime: uptimeNow(), synchronised: isSynchronised() }),
    steady,
    onEpoch: inform,
    onKept,
    log: log.child('record'),
  })

  const presence = createPresence(id, config.STATUS_TOPIC, info, log)
  const pulse = createPulse(id, manifest.version)
  const lamp = createLamp(config.SYSFS_ROOT)
  const orders = openOrders({
    config,
    perform: { identify, measure },
    restart: onRestart ?? null,
    publish: (text) => publish(topicOf('response', { id }), text, topics.response),
    onChange: putInForce,
    log: log.child('orders'),
  })
  const tuned = {
    ...config,
    get READ_INTERVAL() {
      return orders.inForce.READ_INTERVAL
    },
  }
  const probes = await openProbes(tuned, log.child('probes'), steady)
  const read = readCalibrated(probes, () => orders.inForce.offsets)
  const live = createLive(rateOf(orders.inForce.MAX_RATE), sayNow, steady)
  const alerts = createAlerts({ ...config, ...orders.inForce }, publish, log)
  let announced = { channels: probes.channels, inForce: orders.inForce }
  let closing = false

  const link = connect({
    url: config.MQTT_URL,
    clientId: config.MQTT_CLIENT_ID,
    username: config.MQTT_USERNAME,
    password: config.MQTT_PASSWORD,
    ...tls,
    clean: true,
    will: presence.will,
    log: log.child('mqtt'),
    async onConnect(link) {
      // Before it is online: who sees that it is may send a command at once.
      await link.subscribe({ ...orders.filters, ...record.filters })
      await presence.announce(link)
    },
    onMessage(packet) {
      presence.hear(packet, link)
      orders.hear(packet)
      record.hear(packet)
      return undefined
    },
    onState(state) {
      if (state !== 'connected') return record.lost()
      live.repeat()
      alerts.tell()
      informOfChange()
      orders.answer()
      record.connected()
      void sayHeartbeat()
    },
    onStuck,
  })

  const ticks = startSchedule(gridsOf(orders.inForce).reading, now, async (time) => {
    const moment = record.moment(time)
    const readings = await read(time)
    record.keep(moment, Object.fromEntries(readings.map(({ key, value }) => [key, value])))
    sayLive(readings)
    alerts.judge(readings)
    for (const { key, value, unit, probe } of readings) log.debug('reading', { key, value, unit, probe })
    informOfChange()
  })
  const beats = startSchedule(gridsOf(orders.inForce).heartbeat, now, sayHeartbeat)

  log.info('started', { id, room, probe: config.PROBE, interval: orders.inForce.READ_INTERVAL })

  function info(): Info {
    announced = { channels: probes.channels, inForce: orders.inForce }
    return infoOf(config, record.epoch, announced.channels, announced.inForce)
  }

  function sayLive(readings: readonly Reading[]) {
    live.offer(new Map(readings.map(({ key, value }) => [topicOf('reading', { room, quantity: key }), writeReading(value)])))
  }

  function putInForce(inForce: InForce) {
    const grids = gridsOf(inForce)
    ticks.change(grids.reading)
    beats.change(grids.heartbeat)
    live.pace(rateOf(inForce.MAX_RATE))
    alerts.limit({ above: inForce.ALERT_ABOVE, below: inForce.ALERT_BELOW })
    informOfChange()
  }

  async function identify(): Promise<null> {
    log.warn('HERE I AM', { id, room, lamp: lamp.blink() ? 'blinks' : 'none that may be used' })
    return null
  }

  /** For people who want to see it now: said aloud, but between two points of the grid it is not part of the record. */
  async function measure(): Promise<string | null> {
    const readings = await read(now())
    if (readings.length === 0) return 'no probe gave a value'
    sayLive(readings)
    return null
  }

  function informOfChange() {
    const isKnown = probes.channels === announced.channels && orders.inForce === announced.inForce
    if (!isKnown) inform()
  }

  function inform() {
    if (!mayTalk()) return
    // Where it does not get through, the next connection brings it.
    presence.inform(link).catch((error) => log.debug('info not sent', { error }))
  }

  /** Nothing but the announcement comes before `online`, and nothing after `offline`. */
  function mayTalk(): boolean {
    return link.state === 'connected' && !closing
  }

  async function publish(topic: string, payload: string | Buffer, options: { qos: 0 | 1 | 2; retain: boolean }): Promise<void> {
    if (!mayTalk()) throw new Error(closing ? 'closing' : link.why)
    await link.publish(topic, payload, options)
  }

  function sayNow(topic: string, payload: string): boolean {
    if (!mayTalk()) return false
    publish(topic, payload, topics.reading).catch((error) => log.debug('reading not sent', { topic, error }))
    return true
  }

  async function sayHeartbeat() {
    if (!mayTalk()) return
    const heartbeat = JSON.stringify({ ...(await pulse(now())), outbox: record.waiting, dropped: record.dropped })
    await publish(topicOf('heartbeat', { id }), heartbeat, topics.heartbeat).catch((error) => log.debug('heartbeat not sent', { error }))
  }

  return {
    async close() {
      void beats.stop()
      lamp.stop()
      await atMost(unfinished, ticks.stop())
      live.stop()
      closing = true
      await atMost(farewell, presence.leave(link))
      await link.close()
      record.close()
      log.info('stopped')
    },
  }
}
