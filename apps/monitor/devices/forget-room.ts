import { setImmediate as pause } from 'node:timers/promises'
import { topicOf } from '@hearthwatch/protocol'
import type { Device } from '../store/devices.ts'
import { closeAlerts, type ForgetOptions, forget } from './forget.ts'
import { roomOf } from './topic-owners.ts'

/** The room's devices are online, and would bring it back at once. */
export class RoomInUse extends Error {
  readonly devices: readonly string[]
  constructor(devices: readonly string[]) {
    super(`online: ${devices.join(', ')}`)
    this.devices = devices
  }
}

/**
 * Forgets a room: its retained messages, its tile, its open alerts without a notification, and the devices whose own
 * room it is. The next reading on one of its topics makes it again.
 * @param history whether its readings stay
 * @returns false if there is no such room
 * @throws RoomInUse if a device that reports into it is online; NotConnected if the broker cannot be reached
 */
export async function forgetRoom(room: string, history: 'keep' | 'delete', options: ForgetOptions): Promise<boolean> {
  const { store, control, liveState, notificationQueue, now } = options
  const { devices, readings } = store
  const ids = [...devices.all()].filter(({ id }) => id !== null)
  const here = ids.filter((device) => device.room === room)
  const series = readings.names({ room })
  const isKnown = series.length > 0 || here.length > 0 || devices.get(`/${room}`) !== undefined || liveState.hasRoom(room)
  if (!isKnown) return false
  const reports = (device: Device) => device.room === room || Object.keys(device.claims).some((topic) => roomOf(topic) === room)
  const online = ids.filter((device) => device.status === 'online' && reports(device)).map(({ key }) => key)
  if (online.length > 0) throw new RoomInUse(online)
  for (const device of here) if (!(await forget(device, options))) throw new RoomInUse([device.key])
  await control.clear(topicsOf(room, [...series.map(({ quantity }) => quantity), ...liveState.quantitiesOf(room)]))
  store.transaction(() => {
    closeAlerts(options, (alert) => alert.room === room)
    for (const [subject] of [...store.seriesStates.all()]) if (subject.startsWith(`${room}/`)) store.seriesStates.remove(subject)
    devices.remove(`/${room}`)
    readings.forgetRoom(room, now())
  })
  liveState.forgetRoom(room)
  notificationQueue.publishEvent({ type: 'status', data: { room, device: null, status: 'unknown' } })
  notificationQueue.committed()
  if (history === 'delete') store.transaction(() => store.notes.removeRoom(room))
  if (history === 'delete') for (const _ of readings.deleteForgotten(room)) await pause()
  return true
}

/** The retained topics of a room. The broker knows only the spelling that was published: composed or decomposed. */
function topicsOf(room: string, quantities: readonly string[]): string[] {
  const spellings = [...new Set([room, room.normalize('NFD')])]
  return spellings.flatMap((room) => [
    topicOf('status', { room }),
    ...new Set(quantities.map((quantity) => topicOf('reading', { room, quantity }))),
  ])
}
