import type { Log } from '@hearthwatch/log'
import type { Row } from '@hearthwatch/protocol'
import { second } from '@hearthwatch/protocol/durations'
import { atMost } from './at-most.ts'
import type { SensorConfig } from './config.ts'
import { connectSensor } from './connection.ts'
import { createActions } from './control/actions.ts'
import { openControl } from './control/control.ts'
import { openDesiredSettings } from './control/desired-settings.ts'
import { createLamp } from './control/lamp.ts'
import { openTrust } from './control/trust.ts'
import { gridsOf } from './grids.ts'
import { createAlerts } from './live/alerts.ts'
import { createLive } from './live/live.ts'
import { startDelivery } from './outbox/delivery.ts'
import { isClockSynchronised, uptimeNow } from './outbox/machine.ts'
import { openOutbox } from './outbox/open.ts'
import { createHeartbeat } from './presence/heartbeat.ts'
import { createPresence } from './presence/presence.ts'
import { readCalibrated } from './probes/calibrate.ts'
import { openProbes } from './probes/index.ts'
import { startSchedule } from './schedule.ts'

export type Sensor = Awaited<ReturnType<typeof startSensor>>

/** ms that a close waits for the reading in progress, and for the broker's acknowledgement of `offline` */
const longestReading = second
const longestLeave = 2 * second

export interface SensorOptions {
  /** Called after half an hour without a connection: the process should exit and be restarted. */
  onStuck?: () => void
  /** Called for the command `restart`, which is refused without this. */
  onRestart?: () => void
  /** Called after each commit of the outbox, for each row that has its time. */
  onAppended?: (row: Row) => void
  /** Called after each tick that was measured and stored. */
  onCycle?: () => void
  /** Called at the start and after each change with the time between two ticks, ms. */
  onInterval?: (interval: number) => void
  /** The wall clock, ms since the epoch. */
  wall?: () => number
  /** True if NTP has set the wall clock. */
  isSynchronised?: () => boolean
}

/**
 * Starts one sensor. On each tick it reads its probes, appends a row to the outbox, publishes the live readings and
 * checks the limits. Without a broker it goes on measuring; the outbox stores the rows for the monitor.
 * @throws OutboxUnusable if another sensor uses the same outbox, or if its folder cannot be used
 */
export async function startSensor(config: SensorConfig, log: Log, options: SensorOptions = {}) {
  const { onStuck, onRestart: restart = null, onAppended, onCycle, onInterval } = options
  const { wall: now = Date.now, isSynchronised = isClockSynchronised } = options
  const { SENSOR_ID: id, ROOM: room } = config
  const steady = () => performance.now()
  const machineClocks = () => ({ wall: now(), uptime: uptimeNow(), synchronised: isSynchronised() })
  const opened = openOutbox(config, log.child('outbox'))
  const settings = openDesiredSettings(config, log.child('control'))
  const trust = openTrust(config, log.child('control'), now)
  const probes = await openProbes(config, () => settings.inForce.READ_INTERVAL * second, log.child('probes'), steady)
  const read = readCalibrated(probes, () => settings.inForce.offsets)

  const changeable = () => ({ epoch: opened.outbox.epoch, channels: probes.channels, inForce: settings.inForce, trust: trust.report })
  const presence = createPresence(config, changeable, log)
  const { publish, update, introduce } = presence
  const delivery = startDelivery({
    config,
    opened,
    machineClocks,
    publish,
    introduce,
    steady,
    onEpoch: update,
    onAppended,
    log: log.child('outbox'),
  })
  const counts = () => ({ outbox: delivery.unacknowledged, dropped: delivery.dropped, rejected: probes.rejected })
  const publishHeartbeat = createHeartbeat(id, presence, counts, now, log)
  const live = createLive(room, settings.inForce.MAX_RATE, presence, steady, log)
  const alerts = createAlerts({ ...config, ...settings.inForce }, publish, log)

  const lamp = createLamp(config.SYSFS_ROOT, log)
  let hasReadings = probes.channels.length > 0
  const showState = () => lamp.show(!presence.isOnline ? 'no-broker' : hasReadings ? 'connected' : 'no-probe')

  const ticks = startSchedule(gridsOf(settings.inForce).reading, now, async (time) => {
    const moment = delivery.momentOf(time)
    const readings = await read(time)
    delivery.write(moment, Object.fromEntries(readings.map(({ key, value }) => [key, value])))
    live.publish(readings)
    hasReadings = readings.length > 0
    showState()
    // The monitor ends an alert of a recorded topic by the record alone: it should not wait for the next batch.
    if (alerts.check(readings)) delivery.sendNow()
    for (const { key, value, unit, probe } of readings) log.debug('reading', { key, value, unit, probe })
    update()
    onCycle?.()
  })
  onInterval?.(gridsOf(settings.inForce).reading.interval)
  const heartbeats = startSchedule(gridsOf(settings.inForce).heartbeat, now, publishHeartbeat)

  const control = openControl({
    config,
    settings,
    trust,
    onTrust: update,
    execute: createActions(config, lamp, () => read(now()), live, log),
    restart,
    publish,
    log: log.child('control'),
    onChange(inForce) {
      const grids = gridsOf(inForce)
      ticks.change(grids.reading)
      onInterval?.(grids.reading.interval)
      heartbeats.change(grids.heartbeat)
      live.setMaxRate(inForce.MAX_RATE)
      alerts.setLimits({ above: inForce.ALERT_ABOVE, below: inForce.ALERT_BELOW })
      update()
    },
  })

  const parts = { presence, control, sync: delivery, live, alerts, publishHeartbeat, showState }
  const link = connectSensor(config, trust, parts, onStuck, log.child('mqtt'))
  showState()
  log.info('started', { id, room, probe: config.PROBE, interval: settings.inForce.READ_INTERVAL })

  return {
    /** Publishes `offline` and disconnects. Takes at most 5 s. */
    async close(): Promise<void> {
      void heartbeats.stop()
      await atMost(longestReading, ticks.stop())
      live.stop()
      await atMost(longestLeave, presence.leave())
      await link.close()
      lamp.stop()
      delivery.close()
      log.info('stopped')
    },
  }
}
