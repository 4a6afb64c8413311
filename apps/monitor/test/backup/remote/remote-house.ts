import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runFile } from '@hearthwatch/testhouse/processes/command'
import { readConfig } from '../../../config/config.ts'
import { backupCheck } from '../../../doctor/checks/backup.ts'
import { openStore } from '../../../store/store.ts'

const commands = join(import.meta.dirname, '..', '..', '..', 'commands')
const series = { room: '客廳', quantity: 'temperature', device: 'pi-1' }
const begin = Date.UTC(2026, 10, 20)

/** A house in a folder of its own, whose commands are run. */
export function createRemoteHouse() {
  const folder = mkdtempSync(join(tmpdir(), 'remote-'))
  const at = (...path: string[]) => join(folder, ...path)
  mkdirSync(at('home', '.ssh'), { recursive: true })
  // Without the keys and known hosts of the person who runs the tests.
  const env = { DATABASE_FILE: at('house.db'), HOME: at('home') }
  return {
    at,
    write(count: number) {
      const store = openStore(at('house.db'))
      store.transaction(() => {
        for (let i = 0; i < count; i += 1) store.readings.addTimed(series, 20, begin + i * 60_000, false)
      })
      store.close()
    },
    stored() {
      const store = openStore(at('house.db'))
      try {
        return [...store.readings.each(series, 0, 2 * begin)].length
      } finally {
        store.close()
      }
    },
    run: (command: 'backup' | 'restore', args: readonly string[], settings: Record<string, string> = {}) =>
      runFile(join(commands, `${command}.ts`), args, folder, { ...env, ...settings }),
    /** Findings of the doctor about backups. */
    examine(settings: Record<string, string>, now = Date.now()) {
      const config = readConfig({ ...env, ...settings }, [])
      const patient = { language: 'en', config, now, database: null } as unknown as Parameters<typeof backupCheck.run>[0]
      return backupCheck.run(patient)
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
