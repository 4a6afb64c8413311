import { randomBytes } from 'node:crypto'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withSensor } from '@hearthwatch/broker/acl'
import { hashPassword } from '@hearthwatch/broker/passwd'

const root = join(import.meta.dirname, '..', '..')

/** A room of the demo: who measures there, and around what. °C */
export interface Room {
  room: string
  id: string
  mean: number
  spread: number
}

export const rooms: readonly Room[] = [
  { room: 'living-room', id: 'pi-living-room', mean: 21.5, spread: 0.8 },
  { room: 'kitchen', id: 'pi-kitchen', mean: 22.4, spread: 0 },
  { room: 'bedroom', id: 'pi-bedroom', mean: 19, spread: 0.6 },
  { room: 'freezer', id: 'pi-freezer', mean: -18.5, spread: 0.9 },
  { room: '客廳', id: 'pi-ke-ting', mean: 24, spread: 0.8 },
]

/** The files that a house needs, made afresh in `folder`: passwords for everyone, and what each may do. */
export async function provision(folder: string): Promise<ReadonlyMap<string, string>> {
  const passwords = new Map(rooms.map(({ id }) => [id, randomBytes(18).toString('base64url')]))
  const lines = await Promise.all([...passwords].map(async ([id, password]) => `${id}:${await hashPassword(password)}\n`))
  let acl = await readFile(join(root, 'mosquitto', 'acl'), 'utf8')
  for (const { id, room } of rooms) acl = withSensor(acl, id, room)
  await mkdir(join(folder, 'mosquitto'), { recursive: true })
  await mkdir(join(folder, 'mails'), { recursive: true })
  await writeFile(join(folder, 'mosquitto', 'passwd'), lines.join(''), { mode: 0o600 })
  await writeFile(join(folder, 'mosquitto', 'acl'), acl)
  return passwords
}

/**
 * A DS18B20 as the kernel shows it, made of files: whoever writes its temperature plays the weather.
 * @returns the way to set it, °C
 */
export async function thermometer(folder: string): Promise<(celsius: number) => Promise<void>> {
  const devices = join(folder, 'sys', 'bus', 'w1', 'devices')
  const real = join(folder, 'sys', 'devices', 'w1_bus_master1', '28-00000c0ffee1')
  await mkdir(devices, { recursive: true })
  await mkdir(real, { recursive: true })
  await symlink(real, join(devices, '28-00000c0ffee1'))
  return (celsius) => writeFile(join(real, 'temperature'), `${Math.round(celsius * 1000)}\n`)
}
