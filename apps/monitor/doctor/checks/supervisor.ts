import { checkSupervisor, skipped, wordsOf } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: { notRunning: 'The monitor does not run.', why: 'Nothing is stored, and no alert is sent.' },
  'zh-TW': { notRunning: '監控程式沒有執行。', why: '目前不會儲存讀數，也不會送出警報。' },
}

export const supervisorCheck: Check = {
  id: 'supervisor',
  needs: 'machine',
  async run(patient) {
    const say = inLanguage(texts, patient)
    if (!patient.isRunning) return [skipped('supervisor', say.notRunning, say.why, 'npm start')]
    return [await checkSupervisor('monitor', `${patient.config.DATABASE_FILE}-lock`, wordsOf(patient.language), patient.isContained)]
  },
}
