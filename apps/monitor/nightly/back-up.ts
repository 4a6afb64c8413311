import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Log } from '@hearthwatch/log'
import type { HouseTroubles } from '../rules/house-troubles.ts'

const command = join(import.meta.dirname, '..', 'commands', 'backup.ts')

export interface BackUpOptions {
  settings: {
    DATABASE_FILE: string
    BACKUP_DIR?: string | undefined
    BACKUP_KEEP: number
    BACKUP_KEY?: string | undefined
    BACKUP_HOST_KEY?: string | undefined
    BACKUP_SSH_KEY?: string | undefined
  }
  log: Log
  troubles: HouseTroubles
  signal: AbortSignal
}

/** Makes the nightly backup, in a process of its own: copying a large database takes seconds, and packing it more. */
export async function backUp({ settings, log, troubles, signal }: BackUpOptions): Promise<void> {
  const { DATABASE_FILE, BACKUP_DIR, BACKUP_KEEP, BACKUP_KEY, BACKUP_HOST_KEY, BACKUP_SSH_KEY } = settings
  if (BACKUP_KEEP === 0 || signal.aborted) return
  const began = performance.now()
  const given = { DATABASE_FILE, BACKUP_DIR, BACKUP_KEEP: String(BACKUP_KEEP), BACKUP_KEY, BACKUP_HOST_KEY, BACKUP_SSH_KEY }
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [command], { env: { ...process.env, ...given }, signal })
    troubles.report('backup', null)
    log.info('a backup is written', { file: stdout.trim().split('\n').at(-1), seconds: Math.round((performance.now() - began) / 100) / 10 })
  } catch (error) {
    if (signal.aborted) return
    const { stderr = '', message } = error as Error & { stderr?: string }
    const why = stderr.trim().split('\n').at(-1) || message
    log.error('the nightly backup failed', { why })
    troubles.report('backup', why)
  }
}
