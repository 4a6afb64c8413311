import { checkClock, type Finding, warning, wordsOf } from '@hearthwatch/doctor'
import { minute, second } from '@hearthwatch/protocol/durations'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    ahead: (id: string, amount: number) => `The clock of ${id} is ${amount} s ahead.`,
    behind: (id: string, amount: number) => `The clock of ${id} is ${amount} s behind.`,
    why: 'Its readings are stored with wrong times.',
    do: (id: string) => `On ${id}: timedatectl set-ntp true`,
    future: (count: number) => `${count} stored readings are in the future.`,
    futureWhy: 'The clock of a sensor, or of this machine, was wrong.',
    futureDo: 'Check the clocks. The readings become normal as time goes on.',
  },
  'zh-TW': {
    ahead: (id: string, amount: number) => `${id} 的時鐘快了 ${amount} 秒。`,
    behind: (id: string, amount: number) => `${id} 的時鐘慢了 ${amount} 秒。`,
    why: '它的讀數會以錯誤的時間儲存。',
    do: (id: string) => `在 ${id} 上執行：timedatectl set-ntp true`,
    future: (count: number) => `有 ${count} 筆讀數的時間在未來。`,
    futureWhy: '某個感測器或這台機器的時鐘曾經不準。',
    futureDo: '請檢查時鐘；時間到了，這些讀數就會恢復正常。',
  },
}

/** A difference of less than this is the time on the way. ms */
const tolerance = minute

export const clockCheck: Check = {
  id: 'clock',
  needs: 'machine',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const found: Finding[] = [await checkClock(wordsOf(patient.language).clock, patient.now)]
    for (const { id, skew } of patient.database?.devices ?? []) {
      if (skew === null || Math.abs(skew) < tolerance) continue
      const amount = Math.round(Math.abs(skew) / second)
      found.push(warning('clock.sensor', skew > 0 ? say.ahead(id, amount) : say.behind(id, amount), say.why, say.do(id)))
    }
    const { future = 0 } = patient.database ?? {}
    if (future > 0) found.push(warning('clock.future', say.future(future), say.futureWhy, say.futureDo))
    return found
  },
}
