import { day, hour, minute } from '@hearthwatch/protocol/durations'
import { newAlert } from '../monitor/rules/alert.ts'
import { openStore } from '../monitor/store/store.ts'
import { type Room, timesUntil } from './rooms.ts'

/** Resolved alerts: their rule, sensor, quantity and value, and their beginning and duration in ms. */
const resolvedAlerts = [
  { rule: 'too-hot', device: 'pi-kitchen', quantity: 'temperature', value: 30.6, bound: 30, ago: 2 * day + 3 * hour, lasted: 41 * minute },
  { rule: 'too-hot', device: 'pi-kitchen', quantity: 'temperature', value: 31.2, bound: 30, ago: 6 * day + 2 * hour, lasted: 25 * minute },
  { rule: 'damp', device: 'pi-bathroom', quantity: 'humidity', value: 81, bound: 80, ago: day + 11 * hour, lasted: 52 * minute },
  { rule: 'too-hot', device: 'pi-balcony', quantity: 'temperature', value: 30.3, bound: 30, ago: 19 * day, lasted: 3 * hour },
]

export interface PastOptions {
  rooms: readonly Room[]
  now: number
  /** The value of a quantity in a room at a time (ms). */
  valueAt(room: Room, quantity: string, time: number): number
}

/** Writes a database with a year of invented readings, the devices and their earlier alerts. */
export function writePast(file: string, { rooms, now, valueAt }: PastOptions): void {
  const store = openStore(file)
  try {
    for (const room of rooms) store.transaction(() => writeReadings(store, room, now, valueAt))
    store.transaction(() => {
      for (const room of rooms) writeDevice(store, room, now)
      for (const { rule, device, quantity, value, bound, ago, lasted } of resolvedAlerts) {
        const room = rooms.find(({ id }) => id === device)?.room
        if (room === undefined) continue
        const started = now - ago
        const about = {
          rule,
          subject: `${room}/${quantity}/${device}`,
          condition: 'above',
          severity: 'warning',
          room,
          device,
          quantity,
        } as const
        const fired = started + minute
        store.alerts.start(
          newAlert({ ...about, state: 'resolved', value, bound, started, fired, resolved: fired + lasted, told: fired, tellings: 1 }),
        )
      }
      for (const { room, id, silentFor } of rooms) {
        if (silentFor === undefined) continue
        const fired = now - silentFor + 90_000
        const about = { rule: 'offline', subject: id, condition: 'offline', severity: 'warning', room, device: id } as const
        store.alerts.start(newAlert({ ...about, state: 'firing', started: now - silentFor, fired, told: fired, tellings: 1 }))
      }
    })
  } finally {
    store.close()
  }
}

type Store = ReturnType<typeof openStore>

function writeReadings(store: Store, room: Room, now: number, valueAt: PastOptions['valueAt']): void {
  const end = now - (room.silentFor ?? 0)
  for (const quantity of Object.keys(room.courses)) {
    const add = store.readings.series({ room: room.room, quantity, device: room.id }, false)
    for (const time of timesUntil(end)) add(valueAt(room, quantity, time), time, false)
  }
}

function writeDevice(store: Store, { room, id, silentFor }: Room, now: number): void {
  const device = store.devices.getOrMake(id, id, room)
  const seen = now - (silentFor ?? 5000)
  const heartbeat =
    silentFor === undefined ? null : { cpu: 3.1, memory: 38.5, temperature: 19.4, uptime: 8 * day, rssi: -81, outbox: 0, version: '1.0.0' }
  store.devices.put({
    ...device,
    room,
    seen,
    status: silentFor === undefined ? 'online' : 'offline',
    beats: true,
    usual: 10_000,
    signs: 50,
    heartbeat,
  })
}
