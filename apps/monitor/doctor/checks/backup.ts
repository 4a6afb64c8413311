import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { error, type Finding, ok, warning } from '@hearthwatch/doctor'
import { day } from '@hearthwatch/protocol/durations'
import { newestFirst, secretsName, timeIn } from '../../backup/names.ts'
import { backupFolder } from '../../backup/places.ts'
import { isRemote } from '../../backup/remote/address.ts'
import { openRemote } from '../../backup/remote/open.ts'
import { backupsIn } from '../../backup/write-backup.ts'
import { type Check, inLanguage, type Patient } from '../check.ts'

const texts = {
  en: {
    good: (name: string) => `The newest backup is ${name}.`,
    none: (folder: string) => `There is no backup in ${folder}.`,
    old: (name: string, days: number) => `The newest backup, ${name}, is ${days} days old.`,
    why: 'A card or disk that dies takes all readings along.',
    do: 'npm run backup',
    same: 'The backups are on the same disk as the database.',
    sameWhy: 'A disk that dies takes both at once.',
    sameDo: 'Set BACKUP_DIR to another disk, such as a mounted NAS, or copy the folder elsewhere: npm run backup -- --to /mnt/nas',
    there: (place: string, name: string) => `${place} accepts its login. The newest backup there is ${name}; nothing was written.`,
    noneThere: (place: string) => `${place} accepts its login, and has no backup yet.`,
    oldThere: (place: string, name: string, days: number) => `The newest backup in ${place}, ${name}, is ${days} days old.`,
    bare: 'The backups on the other machine have no passwords and no authority of the house.',
    bareWhy: 'Under Docker Compose they are part of a backup only if it is encrypted.',
    bareDo: 'Set BACKUP_KEY to a public key of age (age-keygen), and run: docker compose up -d',
    closed: 'The place of BACKUP_DIR cannot be used.',
    closedDo: 'Correct BACKUP_DIR, BACKUP_HOST_KEY or BACKUP_SSH_KEY_FILE, then: npm run backup',
    setDo: 'npm run backup, and set BACKUP_KEEP to a number above 0 for one each night',
  },
  'zh-TW': {
    good: (name: string) => `最新的備份是 ${name}。`,
    none: (folder: string) => `${folder} 裡沒有備份。`,
    old: (name: string, days: number) => `最新的備份 ${name} 是 ${days} 天前的。`,
    why: '記憶卡或磁碟壞掉時，所有讀數會一起消失。',
    do: 'npm run backup',
    same: '備份和資料庫在同一個磁碟上。',
    sameWhy: '磁碟壞掉時，兩者會一起消失。',
    sameDo: '請把 BACKUP_DIR 設到另一個磁碟，例如掛載的 NAS，或另外複製：npm run backup -- --to /mnt/nas',
    there: (place: string, name: string) => `${place} 接受登入，那裡最新的備份是 ${name}；沒有寫入任何東西。`,
    noneThere: (place: string) => `${place} 接受登入，但那裡還沒有備份。`,
    oldThere: (place: string, name: string, days: number) => `${place} 裡最新的備份 ${name} 是 ${days} 天前的。`,
    bare: '另一台機器上的備份沒有這個家的密碼和憑證機構。',
    bareWhy: '使用 Docker Compose 時，只有加密的備份才會包含它們。',
    bareDo: '請把 BACKUP_KEY 設為 age 的公鑰（age-keygen），再執行：docker compose up -d',
    closed: '無法使用 BACKUP_DIR 指定的位置。',
    closedDo: '請修正 BACKUP_DIR、BACKUP_HOST_KEY 或 BACKUP_SSH_KEY_FILE，再執行：npm run backup',
    setDo: '執行 npm run backup，並把 BACKUP_KEEP 設為大於 0 的數字，每晚就會備份',
  },
}

/** Nights that may fail before it counts. */
const oldAfter = 3

export const backupCheck: Check = {
  id: 'backup',
  needs: 'machine',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const { config, now } = patient
    const folder = backupFolder(config)
    const remedy = config.BACKUP_KEEP === 0 ? say.setDo : say.do
    const newest = namesIn(folder)[0]
    const { BACKUP_DIR } = config
    const remote = BACKUP_DIR !== undefined && isRemote(BACKUP_DIR) ? [await checkRemote(BACKUP_DIR, patient)] : null
    if (existsSync(join(folder, secretsName))) remote?.push(warning('backup.secrets', say.bare, say.bareWhy, say.bareDo))
    if (newest === undefined)
      return [(patient.database === null ? warning : error)('backup', say.none(folder), say.why, remedy), ...(remote ?? [])]
    const days = Math.floor((now - statSync(join(folder, newest)).mtimeMs) / day)
    const found = days > oldAfter ? error('backup', say.old(newest, days), say.why, remedy) : ok('backup', say.good(newest))
    if (remote !== null) return [found, ...remote]
    const isOnSameDisk = deviceOf(folder) === deviceOf(dirname(resolve(config.DATABASE_FILE)))
    return isOnSameDisk ? [found, warning('backup.place', say.same, say.sameWhy, say.sameDo)] : [found]
  },
}

/** Checks the login, and the age of the newest backup there, without writing. */
async function checkRemote(address: string, patient: Patient): Promise<Finding> {
  const say = inLanguage(texts, patient)
  try {
    const place = await openRemote(address, patient.config)
    try {
      const newest = newestFirst(await place.list())[0]
      if (newest === undefined) return warning('backup.place', say.noneThere(place.shown), say.why, say.do)
      const days = Math.floor((patient.now - (timeIn(newest) ?? 0)) / day)
      if (days > oldAfter) return error('backup.place', say.oldThere(place.shown, newest, days), say.why, say.do)
      return ok('backup.place', say.there(place.shown, newest))
    } finally {
      await place.close()
    }
  } catch (failure) {
    return error('backup.place', say.closed, (failure as Error).message, say.closedDo)
  }
}

function namesIn(folder: string): string[] {
  try {
    return backupsIn(folder)
  } catch {
    return []
  }
}

const deviceOf = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.dev
