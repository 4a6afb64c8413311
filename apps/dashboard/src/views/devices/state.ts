import type { Command, Device, DeviceConfig, DevicePage, Gap, NotUnderstood, Presence } from '@hearthwatch/api/devices'
import type { Battery } from '@hearthwatch/api/rooms'
import { signal } from '@preact/signals'
import { ask, Refused, withQuery } from '../../monitor/ask.ts'
import { createQuery } from '../../monitor/query.ts'
import { isLarge } from '../../monitor/rooms.ts'

export type Settings = Omit<NonNullable<DeviceConfig['wanted']>, 'id'>

/** The devices that are loaded; null: not loaded yet. */
export const devices = signal<readonly Device[] | null>(null)
/** The rest of a large house: its next page, the number of devices that were found, and of all. */
export const rest = signal<Pick<DevicePage, 'next' | 'found' | 'total'>>({ next: null, found: 0, total: 0 })
/** Part of a name by which a large house is searched. */
export const search = signal('')
/** The device that is open; undefined: none, or not loaded yet. */
export const opened = signal<Device | undefined>(undefined)

const pageSize = 200
const mostAtOnce = 1000
const page = (query: { limit: number; after?: string }) =>
  ask<DevicePage>(withQuery('api/devices', { ...query, search: search.peek().trim() || undefined }))

export const { wrong, load, loadSoon } = createQuery(
  () => page({ limit: Math.min(Math.max(pageSize, devices.peek()?.length ?? 0), mostAtOnce) }),
  ({ devices: first, ...others }) => {
    devices.value = first
    rest.value = others
  },
)

/** Loads the next page. @throws like `ask` */
export async function loadMore(): Promise<void> {
  const { next } = rest.peek()
  if (next === null) return
  const { devices: more, ...others } = await page({ limit: pageSize, after: next })
  if (rest.peek().next !== next) return
  devices.value = [...(devices.peek() ?? []), ...more]
  rest.value = others
}

/** Loads the device of a view, if its list has not done that. @throws like `ask` */
export async function open(id: string | undefined): Promise<void> {
  const known = devices.peek()?.find((device) => device.id === id)
  const found = id === undefined || known !== undefined || rest.peek().next === null ? known : await one(id)
  opened.value = found
}

const one = (id: string) =>
  ask<Device>(path(id)).catch((error) => {
    if (error instanceof Refused && error.status === 404) return undefined
    throw error
  })

const listedBatteries = 50

/** Days until a battery is empty, by room and quantity. */
export const batteryLife = signal<ReadonlyMap<string, number>>(new Map())
/** The emptiest batteries of a large house, of which not all rooms are loaded. */
export const emptiest = signal<readonly Battery[]>([])
export const batteryKey = (room: string, quantity: string): string => JSON.stringify([room, quantity])
export const { load: loadBatteryLife } = createQuery(
  () => ask<Battery[]>(isLarge.peek() ? withQuery('api/batteries', { limit: listedBatteries }) : 'api/batteries'),
  (all) => {
    emptiest.value = all
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
  await open(id)
}

export async function giveRoom(id: string, room: string): Promise<void> {
  await ask(path(id, '/room'), { method: 'PUT', body: { room } })
  await load()
  await open(id)
}

export async function forget(id: string): Promise<void> {
  await ask(path(id), { method: 'DELETE' })
  await load()
}
