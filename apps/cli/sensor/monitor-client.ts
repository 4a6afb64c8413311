import { setTimeout as delay } from 'node:timers/promises'
import type { SensorResult } from './result.ts'

/** Address and login of the running monitor. */
export interface MonitorAddress {
  url: string
  password?: string | undefined
  token?: string | undefined
}

/** A removed sensor is disconnected by the broker within this time. ms */
const disconnectTime = 5000

/** Makes the monitor forget the device: its claims end, and its retained topics are cleared. */
export async function forgetDevice(address: MonitorAddress, id: string): Promise<SensorResult['monitor']> {
  return withMonitor(address, async (ask) => {
    const deadline = performance.now() + disconnectTime
    // Its last will comes after the disconnect, and would be kept as a new status.
    while (performance.now() < deadline) {
      const devices = (await (await ask('GET', '/api/devices')).json()) as { id: string | null; status: string }[]
      const device = devices.find((one) => one.id === id)
      if (device === undefined) return 'unknown device'
      if (device.status !== 'online') break
      await delay(100)
    }
    return outcomeOf(await ask('DELETE', `/api/devices/${encodeURIComponent(id)}`))
  })
}

/** Tells the monitor the device's new room. */
export function giveRoom(address: MonitorAddress, id: string, room: string): Promise<SensorResult['monitor']> {
  return withMonitor(address, async (ask) => outcomeOf(await ask('PUT', `/api/devices/${encodeURIComponent(id)}/room`, { room })))
}

/** The names that people gave to rooms on the page; none without a running monitor. */
export async function roomNames(address: MonitorAddress): Promise<ReadonlyMap<string, string>> {
  try {
    const answer = await fetch(new URL('/api/labels', address.url), { headers: await login(address), signal: AbortSignal.timeout(3000) })
    const labels = answer.ok ? ((await answer.json()) as { room: string; name: string | null }[]) : []
    return new Map(labels.flatMap(({ room, name }) => (name === null ? [] : [[room, name] as const])))
  } catch {
    return new Map()
  }
}

/** The first reading of the device that the monitor has got since this time, ms; null: none yet. */
export async function newestReading(
  address: MonitorAddress,
  id: string,
): Promise<{ room: string; lastSeen: number; values: { quantity: string; value: number; unit: string | null }[] } | null> {
  const headers = await login(address)
  const devices = (await (await fetch(new URL('/api/devices', address.url), { headers })).json()) as {
    id: string | null
    room: string | null
    lastSeen: number | null
  }[]
  const device = devices.find((one) => one.id === id)
  if (device?.lastSeen == null || device.room === null) return null
  const rooms = (await (await fetch(new URL('/api/rooms', address.url), { headers })).json()) as {
    room: string
    quantities: Record<string, { value: number | null; unit: string | null; time: number | null }>
  }[]
  const quantities = rooms.find(({ room }) => room === device.room)?.quantities ?? {}
  const values = Object.entries(quantities).flatMap(([quantity, { value, unit }]) => (value === null ? [] : [{ quantity, value, unit }]))
  return { room: device.room, lastSeen: device.lastSeen, values }
}

type Ask = (method: string, path: string, body?: object) => Promise<Response>

async function withMonitor(
  address: MonitorAddress,
  work: (ask: Ask) => Promise<SensorResult['monitor']>,
): Promise<SensorResult['monitor']> {
  try {
    const headers = await login(address)
    return await work((method, path, body) =>
      fetch(new URL(path, address.url), {
        ...{ method, headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) } },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(10_000),
      }),
    )
  } catch {
    return 'unreachable'
  }
}

/** The headers of an authorized request. */
async function login({ url, password, token }: MonitorAddress): Promise<Record<string, string>> {
  if (token) return { authorization: `Bearer ${token}` }
  if (!password) return {}
  const answer = await fetch(new URL('/api/session', url), {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password }) },
    signal: AbortSignal.timeout(10_000),
  })
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  return { cookie: cookies.join('; ') }
}

function outcomeOf({ ok, status }: Response): SensorResult['monitor'] {
  if (ok) return 'told'
  return status === 404 ? 'unknown device' : 'refused'
}
