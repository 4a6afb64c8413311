import { error, type Finding, ok } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    good: (waiting: number) => `What is stored is copied to the database of FORWARD_URL; ${waiting} commits wait.`,
    bad: (why: string) => `Nothing is copied to the database of FORWARD_URL: ${why}`,
    why: (waiting: number) => `${waiting} commits wait here. Nothing is lost: they are sent when the database can be reached.`,
    do: 'Check FORWARD_URL, and the rights of its user: docs/scale.md',
  },
  'zh-TW': {
    good: (waiting: number) => `儲存的資料會複製到 FORWARD_URL 的資料庫；有 ${waiting} 筆提交等待中。`,
    bad: (why: string) => `無法複製到 FORWARD_URL 的資料庫：${why}`,
    why: (waiting: number) => `有 ${waiting} 筆提交在這裡等待。資料不會遺失：連得上資料庫時就會送出。`,
    do: '請檢查 FORWARD_URL，以及它的使用者的權限：docs/scale.md',
  },
}

/** The copy to a database of many sites. */
export const forwardingCheck: Check = {
  id: 'forwarding',
  needs: 'connection',
  run(patient): Finding[] {
    const { forwarding } = patient
    if (forwarding === null) return []
    const say = inLanguage(texts, patient)
    const { trouble, waiting } = forwarding
    return [trouble === null ? ok('forwarding', say.good(waiting)) : error('forwarding', say.bad(trouble), say.why(waiting), say.do)]
  },
}
