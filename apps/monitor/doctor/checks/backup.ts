import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { error, type Finding, ok, warning } from '@hearthwatch/doctor'
import { day } from '@hearthwatch/protocol/durations'
import { backupFolder } from '../../backup/places.ts'
import { backupsIn } from '../../backup/write-backup.ts'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    good: (name: string) => `The newest backup is ${name}.`,
    none: (folder: string) => `There is no backup in ${folder}.`,
    old: (name: string, days: number) => `The newest backup, ${name}, is ${days} days old.`,
    why: 'A card or disk that dies takes all readings along.',
    do: 'npm run backup',
    same: 'The backups are on the same disk as the database.',
    sameDo: 'Set BACKUP_DIR to another disk, such as a mounted NAS, or copy the folder elsewhere: npm run backup -- --to /mnt/nas',
    setDo: 'npm run backup, and set BACKUP_KEEP to a number above 0 for one each night',
  },
  'zh-TW': {
    good: (name: string) => `最新的備份是 ${name}。`,
    none: (folder: string) => `${folder} 裡沒有備份。`,
    old: (name: string, days: number) => `最新的備份 ${name} 是 ${days} 天前的。`,
    why: '記憶卡或磁碟壞掉時，所有讀數會一起消失。',
    do: 'npm run backup',
    same: '備份和資料庫在同一個磁碟上。',
    sameDo: '請把 BACKUP_DIR 設到另一個磁碟，例如掛載的 NAS，或另外複製：npm run backup -- --to /mnt/nas',
    setDo: '執行 npm run backup，並把 BACKUP_KEEP 設為大於 0 的數字，每晚就會備份',
  },
}

/** Nights that may fail before it counts. */
const oldAfter = 3

export const backupCheck: Check = {
  id: 'backup',
  needs: 'machine',
  run(patient) {
    const say = inLanguage(texts, patient)
    const { config, now } = patient
    const folder = backupFolder(config)
    const remedy = config.BACKUP_KEEP === 0 ? say.setDo : say.do
    const newest = namesIn(folder)[0]
    if (newest === undefined) return [(patient.database === null ? warning : error)('backup', say.none(folder), say.why, remedy)]
    const days = Math.floor((now - statSync(join(folder, newest)).mtimeMs) / day)
    const found: Finding[] = days > oldAfter ? [error('backup', say.old(newest, days), say.why, remedy)] : [ok('backup', say.good(newest))]
    if (deviceOf(folder) === deviceOf(dirname(resolve(config.DATABASE_FILE))))
      found.push(warning('backup.place', say.same, say.why, say.sameDo))
    return found
  },
}

function namesIn(folder: string): string[] {
  try {
    return backupsIn(folder)
  } catch {
    return []
  }
}

const deviceOf = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.dev
