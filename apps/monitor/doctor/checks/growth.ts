import { ok, skipped, warning } from '@hearthwatch/doctor'
import { day } from '@hearthwatch/protocol/durations'
import { type Check, inLanguage } from '../check.ts'
import { sizeText } from '../size-text.ts'

const texts = {
  en: {
    unknown: 'The growth of the disk was not measured.',
    unknownWhy: 'A running monitor measures it, over a day at least.',
    good: 'By its growth the disk of the database will not be full within 30 days.',
    soon: (days: number, rate: string) => `The disk of the database is full in ${days} days, at ${rate} a day.`,
    why: 'On a full disk nothing is stored.',
    do: 'du -xh --max-depth=2 / | sort -h (find what grows, and delete it or use a larger disk)',
  },
  'zh-TW': {
    unknown: '沒有測量磁碟的成長。',
    unknownWhy: '監控程式執行至少一天後才能測量。',
    good: '以目前的成長速度，資料庫的磁碟 30 天內不會滿。',
    soon: (days: number, rate: string) => `以每天 ${rate} 的速度，資料庫的磁碟將在 ${days} 天後滿。`,
    why: '磁碟滿了就無法儲存。',
    do: 'du -xh --max-depth=2 / | sort -h（找出變大的資料夾並刪除，或換較大的磁碟）',
  },
}

/** How fast the disk fills. Only the running monitor has watched it for long enough. */
export const growthCheck: Check = {
  id: 'growth',
  needs: 'connection',
  run(patient) {
    const say = inLanguage(texts, patient)
    const { growth, isRunning } = patient
    if (!isRunning) return [skipped('growth', say.unknown, say.unknownWhy, 'npm start')]
    if (!growth?.isSoon) return [ok('growth', say.good)]
    return [warning('growth', say.soon(Math.floor(growth.left / day), sizeText(growth.perDay)), say.why, say.do)]
  },
}
