import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { connect } from '@hearthwatch/mqtt'
import { type Info, topicOf, topics, writeReading } from '@hearthwatch/protocol'
import { createAlerts } from './alerts.ts'
import type { SensorConfig } from './config.ts'
import { createPulse } from './heartbeat.ts'
import { createLive } from './live.ts'
import manifest from './package.json' with { type: 'json' }
import { createPresence } from './presence.ts'
import { openProbes } from './probes/index.ts'
import { rateOf } from './rate.ts'
import { startSchedule } from './schedule.ts'

export interface Sensor {
  /** Says `offline` and goodbye. Takes at most 5 s. */
  close(): Promise<void>
}

/** How long the reading under way may take until we go without it, and the broker to acknowledge that we go. ms */
const unfinished = 1000
const farewell = 2000

/**
 * One sensor: on each tick it reads its probes, says the values aloud, and tells people of a crossed limit.
 * A broker that is not there stops none of it.
 * @param onStuck half an hour without a connection: the process should end and be started afresh
 */
export async function startSensor(config: SensorConfig, log: Log, { onStuck }: { onStuck?: () => void } = {}): Promise<Sensor> {
  const { SENSOR_ID: id, ROOM: room, READ_INTERVAL, HEARTBEAT_INTERVAL, tls } = config
  const now = () => Date.now()
  const steady = () => performance.now()
  const interval = Math.round(READ_INTERVAL * 1000)
  const beat = Math.round(HEARTBEAT_INTERVAL * 1000)

  const probes = await openProbes(config, log.child('probes'), steady)
  const presence = createPresence(id, config.STATUS_TOPIC, info, log)
  const pulse = createPulse(id, manifest.version)
  const live = createLive(rateOf(config.MAX_RATE), sayNow, steady)
  const alerts = createAlerts(config, publish, log)
  let announced = probes.channels
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
    onConnect: (link) => presence.announce(link),
    onMessage(packet) {
      presence.hear(packet, link)
      return undefined
    },
    onState(state) {
      if (state !== 'connected') return
      live.repeat()
      alerts.tell()
      void sayHeartbeat()
    },
    onStuck,
  })

  const ticks = startSchedule({ interval }, now, async (time) => {
    const readings = await probes.read(time)
    // The record: here a tick's row goes into the outbox, and only what is kept there is said aloud.
    live.offer(new Map(readings.map(({ key, value }) => [topicOf('reading', { room, quantity: key }), writeReading(value)])))
    alerts.judge(readings)
    for (const { key, value, unit, probe } of readings) log.debug('reading', { key, value, unit, probe })
    informOfChange()
  })
  // Some of what the machine is asked holds up this process for a moment: rather midway between two ticks.
  const beats = startSchedule({ interval: beat, offset: Math.floor(Math.min(interval, beat) / 2) }, now, sayHeartbeat)

  log.info('started', { id, room, probe: config.PROBE, interval: READ_INTERVAL })

  function info(): Info {
    announced = probes.channels
    const readings = announced.map(({ key, unit, probe }) => ({
      key,
      topic: topicOf('reading', { room, quantity: key }),
      unit,
      probe,
    }))
    const { PROBE, ALERT_ABOVE, ALERT_BELOW = null, MAX_RATE, UI_LANGUAGE } = config
    const inForce = { PROBE, READ_INTERVAL, HEARTBEAT_INTERVAL, ALERT_ABOVE, ALERT_BELOW, MAX_RATE, UI_LANGUAGE }
    return { id, room, version: manifest.version, interval: READ_INTERVAL, status: config.STATUS_TOPIC, readings, config: inForce }
  }

  function informOfChange() {
    if (probes.channels === announced || !mayTalk()) return
    // Where it does not get through, the next connection brings it.
    presence.inform(link).catch((error) => log.debug('info not sent', { error }))
  }

  /** Nothing but the announcement comes before `online`, and nothing after `offline`. */
  function mayTalk(): boolean {
    return link.state === 'connected' && !closing
  }

  async function publish(topic: string, payload: string, options: { qos: 0 | 1 | 2; retain: boolean }): Promise<void> {
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
    const heartbeat = JSON.stringify(await pulse(now()))
    await publish(topicOf('heartbeat', { id }), heartbeat, topics.heartbeat).catch((error) => log.debug('heartbeat not sent', { error }))
  }

  return {
    async close() {
      void beats.stop()
      await atMost(unfinished, ticks.stop())
      live.stop()
      closing = true
      await atMost(farewell, presence.leave(link))
      await link.close()
      log.info('stopped')
    },
  }
}

/** Waits for the end of something, good or bad, but not longer than this. */
async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const waiting = new AbortController()
  await Promise.race([work.catch(() => {}), sleep(ms, undefined, waiting).catch(() => {})])
  waiting.abort()
}
