import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withSensor } from '@hearthwatch/broker/acl'
import { hashPassword } from '@hearthwatch/broker/passwd'

const committedAcl = join(import.meta.dirname, '..', 'mosquitto', 'acl')

/** The files by which both brokers know who may do what, made in `folder`/mosquitto. @returns everybody's password */
export async function provision(folder: string, sensors: readonly { id: string; room: string }[]): Promise<Map<string, string>> {
  const names = ['monitor', ...sensors.map(({ id }) => id)]
  const passwords = new Map(names.map((name) => [name, randomBytes(18).toString('base64url')]))
  const lines = await Promise.all([...passwords].map(async ([name, password]) => `${name}:${await hashPassword(password)}\n`))
  let acl = await readFile(committedAcl, 'utf8')
  for (const { id, room } of sensors) acl = withSensor(acl, id, room)
  await mkdir(join(folder, 'mosquitto'), { recursive: true })
  await writeFile(join(folder, 'mosquitto', 'passwd'), lines.join(''), { mode: 0o600 })
  await writeFile(join(folder, 'mosquitto', 'acl'), acl, { mode: 0o600 })
  return passwords
}
