import type { Judge } from '../alerts/judge.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Device, DeviceStatus, Devices } from '../store/devices.ts'
import { type Claims, isAlive } from './claims.ts'

export interface ReviewOptions {
  devices: Devices
  claims: Claims
  judge: Judge
  notificationQueue: NotificationQueue
  setStatus: (device: Device, status: DeviceStatus) => void
}

/** Most refused claims that are logged, each once. */
const mostLogged = 1000

/** Decides about the claims of devices, and carries out what follows from them. Called inside the transaction. */
export function createReview({ devices, claims, judge, notificationQueue, setStatus }: ReviewOptions) {
  const logged = new Set<string>()

  function review(device: Device, at: number): void {
    const { owned, lost } = claims.review(device, at)
    for (const topic of owned) adopt(topic, at)
    if (device.info && device.room !== null) adoptRoom(device.room, device, at)
    for (const topic of lost) {
      const [, room = '', quantity = ''] = topic.split('/')
      judge.retire(`${room}/${quantity}/${device.key}`, at)
    }
    for (const { problem, topic, room } of claims.refusalsOf(device)) {
      const key = JSON.stringify([device.key, problem, topic, room])
      if (logged.has(key) || logged.size >= mostLogged) continue
      logged.add(key)
      const about = Object.fromEntries(Object.entries({ problem, topic, room }).filter(([, value]) => value !== null))
      notificationQueue.logOnCommit('warn', 'claim refused: confirm the room of the device on the page if it is right', {
        device: device.key,
        ...about,
      })
    }
  }

  /** Messages on this topic belong to a device from now on; until now they belonged to the room. */
  function adopt(topic: string, at: number): void {
    const [, room = '', quantity = ''] = topic.split('/')
    judge.retire(`${room}/${quantity}/`, at)
    const owner = claims.owners.ownerOf(topic)
    if (owner) adoptRoom(room, owner, at)
  }

  /** Removes the sensor without an id of this room, unless it is alive and the room of the device is not confirmed. */
  function adoptRoom(room: string, by: Device, at: number): void {
    const nameless = devices.get(`/${room}`)
    if (nameless === undefined) return
    if (isAlive(nameless, at) && !claims.isConfirmed(by, room)) return
    devices.remove(`/${room}`)
    judge.retire(`/${room}`, at)
  }

  /**
   * Decides again about the claims of all devices, at the start and after the logins have changed.
   * @param removed the users whose login was removed: their devices claim nothing any more
   */
  function reviewAll(at: number, removed: ReadonlySet<string> = new Set()): void {
    for (const device of [...devices.all()]) {
      if (device.id === null) continue
      if (removed.has(device.id)) device.standing = 'revoked'
      if (device.info !== null) review(device, at)
      if (device.standing === 'revoked') setStatus(device, 'offline')
    }
  }

  return { review, reviewAll }
}
