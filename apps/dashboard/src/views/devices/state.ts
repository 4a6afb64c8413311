import type { Command, Device, DeviceConfig, Gap, NotUnderstood, Presence } from '@hearthwatch/api/devices'
import type { Battery } from '@hearthwatch/api/rooms'
import { signal } from '@preact/signals'
import { ask, withQuery } from '../../monitor/ask.ts'
import { createQuery } from '../../monitor/query.ts'

export type Settings = Omit<NonNullable<DeviceConfig['wanted']>, 'id'>

/** null: not loaded yet. */
export const devices = signal<readonly Device[] | null>(null)
export const { wrong, load, loadSoon } = createQuery(
  () => ask<Device[]>('api/devices'),
  (all) => {
    devices.value = all
  },
)

/** Days until a battery is empty, by room and quantity. */
export const batteryLife = signal<ReadonlyMap<string, number>>(new Map())
export const batteryKey = (room: string, quantity: string): string => JSON.stringify([room, quantity])
export const { load: loadBatteryLife } = createQuery(
  () => ask<Battery[]>('api/batteries'),
  (all) => {
    const known = all.flatMap(({ room, quantity, left }) => (left === null ? [] : [[batteryKey(room, quantity), left] as const]))
    batteryLife.value = new Map(known)
  },
)

const path = (id: string, rest = '') => `api/devices/${encodeURIComponent(id)}${rest}`

export const configOf = (id: string) => ask<DeviceConfig>(path(id, '/config'))
export const wantConfig = (id: string, settings: Settings) => ask<DeviceConfig>(path(id, '/config'), { method: 'PUT', body: settings })
export const commandsOf = (id: string) => ask<Command[]>(path(id, '/commands'))
export const command = (id: string, action: Command['action']) => ask(path(id, '/commands'), { method: 'POST', body: { action } })
export const presenceOf = (id: string) => ask<Presence>(path(id, '/presence'))
export const gapsOf = (device: string) => ask<Gap[]>(withQuery('api/gaps', { device }))

export const notUnderstood = () => ask<NotUnderstood[]>('api/devices/not-understood')

export async function ignore(id: string, ignored: boolean): Promise<void> {
  await ask(path(id, '/ignored'), { method: 'PUT', body: { ignored } })
  await load()
}

export async function giveRoom(id: string, room: string): Promise<void> {
  await ask(path(id, '/room'), { method: 'PUT', body: { room } })
  await load()
}

export async function forget(id: string): Promise<void> {
  await ask(path(id), { method: 'DELETE' })
  await load()
}
