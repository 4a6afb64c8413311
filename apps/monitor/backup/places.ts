import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sealed, secretsName } from './names.ts'
import { isRemote } from './remote/address.ts'

/** A file of the house: its name in a backup, and its place on this machine. */
export interface Place {
  name: string
  path: string
}

export const databaseName = 'hearthwatch.db'
/** The secrets of the volumes under Docker Compose, encrypted. */
const secretsFile = secretsName + sealed

export interface House {
  DATABASE_FILE: string
  /** Folder with the broker's `passwd`, its access list and certificates. */
  brokerFiles: string
}

/** The files with logins that setup makes beside `.env`: of sensors, of devices of others and of guest. */
const isEnvFile = (name: string): boolean => /^\.env(?:\.guest|\.(?:sensor|device)(?:\.[a-z0-9-]{1,32})?)?$/.test(name)

/** The place of a file of this name on this machine; undefined: this version knows no such file. */
export function placeOf(name: string, { DATABASE_FILE, brokerFiles }: House): string | undefined {
  if (name === databaseName) return DATABASE_FILE
  if (name === 'rules.json') return join(dirname(DATABASE_FILE), 'rules.json')
  if (isEnvFile(name)) return name
  if (name === secretsFile) return join(backupFolder({ DATABASE_FILE }), name)
  // Without `..`: a backup comes from outside.
  const inside = /^mosquitto\/((?:certs\/)?[\w-][\w.-]*)$/.exec(name)?.[1]
  return inside === undefined ? undefined : join(brokerFiles, inside)
}

/** The folder of the nightly backups. If BACKUP_DIR is on another machine, a backup is made beside the database first. */
export const backupFolder = ({ BACKUP_DIR, DATABASE_FILE }: { BACKUP_DIR?: string | undefined; DATABASE_FILE: string }): string =>
  BACKUP_DIR === undefined || isRemote(BACKUP_DIR) ? join(dirname(DATABASE_FILE), 'backups') : BACKUP_DIR

/** The files of this house that a backup takes beside the database: settings, rules, and secrets. */
export function otherPlaces(house: House): Place[] {
  const certificates = join(house.brokerFiles, 'certs')
  const names = [
    'rules.json',
    ...readdirSync('.').filter(isEnvFile).sort(),
    secretsFile,
    'mosquitto/passwd',
    'mosquitto/acl.made',
    ...(existsSync(certificates) ? readdirSync(certificates).map((name) => `mosquitto/certs/${name}`) : []),
  ]
  return names.flatMap((name) => {
    const path = placeOf(name, house)
    return path !== undefined && existsSync(path) && statSync(path).isFile() ? [{ name, path }] : []
  })
}
