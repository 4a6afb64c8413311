import { setImmediate as othersRun } from 'node:timers/promises'
import { baseQuantity, gaugeOf } from '@hearthwatch/protocol'
import type { Health } from '../../live/health.ts'
import type { LiveState } from '../../live/live-state.ts'
import type { Notify } from '../../notify/deliver.ts'
import type { SeriesName } from '../../store/readings/readings.ts'
import type { Store } from '../../store/store.ts'
import type { App, WebCounters } from '../app.ts'
import { family, type Sample } from '../http/prometheus.ts'
import { channelMetrics } from './channel-metrics.ts'

export interface MetricsOptions {
  store: Store
  liveState: LiveState
  counters: WebCounters
  health(): Health
  staleAfter(device: string | null, room: string): number
  listeners(): number
  notify: Pick<Notify, 'channels'>
  now(): number
  version: string
}

/** Adds the metrics for Prometheus. Each scrape is computed anew, so stale values disappear. */
export function addMetrics(app: App, options: MetricsOptions): void {
  app.get('/metrics', { schema: { summary: 'Prometheus text', produces: ['text/plain'] } }, async (_, reply) => {
    let text = ''
    for (const part of writeMetrics(options)) {
      text += part
      // With thousands of devices, each part takes some ms.
      await othersRun()
    }
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text)
  })
}

/** Readings that are looked at in one turn. */
const slice = 2000

/** The families, one after the other; in between an empty part, where a long one is put together. */
function* writeMetrics({
  store,
  liveState,
  counters,
  health,
  staleAfter,
  listeners,
  notify,
  now,
  version,
}: MetricsOptions): Generator<string> {
  const at = now()
  const { mqtt, database } = health()
  const devices = [...store.devices.all()]
  const alerts = Map.groupBy(store.alerts.allOpen(), ({ rule, state }) => JSON.stringify({ rule, state }))
  const who = ({ room, id }: { room: string | null; id: string | null }) => ({ room: room ?? '', device: id ?? '' })
  yield* readingsNow()
  yield family('hearthwatch_readings_total', 'counter', 'Readings stored since the start.', [{ labels: {}, value: counters.readings() }])
  yield family(
    'hearthwatch_rejected_total',
    'counter',
    'Packets rejected since the start.',
    [...counters.rejected].map(([reason, value]) => ({ labels: { reason }, value })),
  )
  yield family(
    'hearthwatch_skipped_total',
    'counter',
    'Packets that a busy monitor has not processed since the start; others have the same content.',
    Object.entries(counters.skipped).map(([kind, value]) => ({ labels: { kind }, value })),
  )
  yield family(
    'hearthwatch_device_online',
    'gauge',
    '1: the device is online.',
    devices.map((device) => ({ labels: who(device), value: device.status === 'online' ? 1 : 0 })),
  )
  yield family(
    'hearthwatch_device_last_seen_timestamp_seconds',
    'gauge',
    'Last message of the device.',
    devices.flatMap((device) => (device.seen === null ? [] : [{ labels: who(device), value: device.seen / 1000 }])),
  )
  yield* records()
  yield family(
    'hearthwatch_alerts',
    'gauge',
    'Open alerts.',
    [...alerts].map(([labels, { length }]) => ({ labels: JSON.parse(labels), value: length })),
  )
  yield* channelMetrics(notify.channels(), store.notifications.countsByChannel())
  yield family('hearthwatch_mqtt_connected', 'gauge', '1: connected to the broker.', [{ labels: {}, value: mqtt === 'connected' ? 1 : 0 }])
  yield family('hearthwatch_database_up', 'gauge', '1: the database is writable.', [{ labels: {}, value: database === 'ok' ? 1 : 0 }])
  yield family('hearthwatch_event_listeners', 'gauge', 'Open event streams.', [{ labels: {}, value: listeners() }])
  yield family('hearthwatch_build_info', 'gauge', 'Always 1.', [{ labels: { version }, value: 1 }])

  function* records(): Generator<string> {
    const found = devices.flatMap((device) => {
      const record = device.id === null ? undefined : store.records.latest(device.id)
      return record ? [{ labels: who(device), record, missing: store.records.missing(record.device) }] : []
    })
    yield family(
      'hearthwatch_record_kept',
      'gauge',
      'Highest stored sequence number of each device.',
      found.map(({ labels, record }) => ({ labels, value: record.kept })),
    )
    yield family(
      'hearthwatch_record_missing',
      'gauge',
      'Lost readings of each device.',
      found.map(({ labels, missing }) => ({ labels, value: missing })),
    )
    yield family(
      'hearthwatch_record_outbox',
      'gauge',
      'Readings waiting in the outbox of each device.',
      devices.flatMap((device) =>
        device.heartbeat?.outbox === undefined ? [] : [{ labels: who(device), value: device.heartbeat.outbox }],
      ),
    )
    yield family(
      'hearthwatch_device_clock_skew_seconds',
      'gauge',
      'Clock difference of each device; positive: ahead.',
      found.map(({ labels, record }) => ({ labels, value: record.skew / 1000 })),
    )
  }

  function* readingsNow(): Generator<string> {
    const found = new Map<string, Sample[]>()
    // The database has each device of a room, the live state the values that are not stored yet. Retained values have an unknown age, so they are left out.
    const shown = [...liveState.values()].filter(({ old }) => !old)
    const keyOf = ({ room, quantity, device }: SeriesName) => `${room}/${quantity}/${device ?? ''}`
    const known = new Set(shown.map(keyOf))
    const stored = store.readings.latest(at, (name) => !known.has(keyOf(name)))
    yield ''
    for (const [i, { room, quantity, device, value, time }] of [...stored, ...shown].entries()) {
      if (i % slice === slice - 1) yield ''
      if (at - time > staleAfter(device, room)) continue
      const gauge = gaugeOf(quantity)
      const { name, scale } = gauge ?? { name: 'hearthwatch_reading', scale: 1 }
      const labels = { room, device: device ?? '', ...(gauge && baseQuantity(quantity) === quantity ? {} : { quantity }) }
      const samples = found.get(name) ?? []
      samples.push({ labels, value: Number((value * scale).toPrecision(12)) })
      found.set(name, samples)
    }
    for (const [name, samples] of found) yield family(name, 'gauge', 'Last reading of each device; gone when stale.', samples)
  }
}
