import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withSensor } from '@hearthwatch/broker/edit-acl'
import { hashPassword } from '@hearthwatch/broker/passwd'

const root = join(import.meta.dirname, '..', '..')

/**
 * Makes the broker's files for these sensors in `folder`, and a folder for mails.
 * @param others further users of the broker, whose rights are in the committed access list
 * @returns the passwords by user
 */
export async function provision(
  folder: string,
  sensors: readonly { id: string; room: string }[],
  others: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const users = [...sensors.map(({ id }) => id), ...others]
  const passwords = new Map(users.map((user) => [user, randomBytes(18).toString('base64url')]))
  const lines = [...passwords].map(([user, password]) => `${user}:${hashPassword(password)}\n`)
  let acl = await readFile(join(root, 'mosquitto', 'acl'), 'utf8')
  for (const { id, room } of sensors) acl = withSensor(acl, id, room)
  await mkdir(join(folder, 'mosquitto'), { recursive: true })
  await mkdir(join(folder, 'mails'), { recursive: true })
  await writeFile(join(folder, 'mosquitto', 'passwd'), lines.join(''), { mode: 0o600 })
  await writeFile(join(folder, 'mosquitto', 'acl'), acl, { mode: 0o600 })
  return passwords
}
