import { statSync } from 'node:fs'
import { join } from 'node:path'
import { House } from '@hearthwatch/api/house'
import { backupFolder } from '../../backup/places.ts'
import { backupsIn } from '../../backup/write-backup.ts'
import type { Store } from '../../store/store.ts'
import type { App, WebConfig } from '../app.ts'

export interface HouseOptions {
  config: Pick<WebConfig, 'DATABASE_FILE' | 'RETENTION_DAYS' | 'BACKUP_DIR' | 'BACKUP_KEEP' | 'UPDATE_CHECK_URL'>
  store: Pick<Store, 'readings'>
  version: string
}

export function addHouse(app: App, { config, store, version }: HouseOptions): void {
  const { DATABASE_FILE, RETENTION_DAYS, BACKUP_KEEP } = config
  app.get('/api/house', { schema: { summary: 'Size of the database, number of readings, and backups', response: { 200: House } } }, () => ({
    version,
    size: sizeOf(DATABASE_FILE) + sizeOf(`${DATABASE_FILE}-wal`),
    readings: store.readings.count(),
    retentionDays: RETENTION_DAYS === 0 ? null : RETENTION_DAYS,
    updateCheck: config.UPDATE_CHECK_URL !== undefined,
    backups: { ...backupsOf(config), nightly: BACKUP_KEEP > 0 },
  }))
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** The backups of the nightly folder. */
export function backupsOf(config: HouseOptions['config']): { count: number; newest: number | null } {
  const folder = backupFolder(config)
  try {
    const [newest, ...others] = backupsIn(folder)
    if (newest === undefined) return { count: 0, newest: null }
    return { count: 1 + others.length, newest: Math.floor(statSync(join(folder, newest)).mtimeMs) }
  } catch {
    // The first backup makes the folder.
    return { count: 0, newest: null }
  }
}
