import { existsSync } from 'node:fs'
import { error, ok, skipped } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    good: (file: string) => `The database ${file} is sound.`,
    none: (file: string) => `There is no database ${file} yet.`,
    noneWhy: 'The monitor makes it at its first start.',
    unreadable: (file: string) => `The database ${file} cannot be read.`,
    unreadableDo: 'Check DATABASE_FILE, and the owner of the file.',
    damaged: (file: string) => `The database ${file} is damaged.`,
    damagedDo: 'Restart the monitor: it sets the file aside and begins a new one. Then: npm run restore -- --from-damaged FILE',
    pages: 'The pages of the database were not checked here.',
    pagesWhy: 'It would keep the monitor busy. Each nightly backup is checked.',
    newer: (schema: number, own: number) => `A newer Hearthwatch has written the database (schema ${schema}; this one knows ${own}).`,
    newerWhy: 'The monitor refuses to start with it, so that nothing in it is damaged.',
    newerDo: 'Go back to the newer version, or restore a backup of this one.',
    older: (schema: number, own: number) => `The database has schema ${schema}; the next start of the monitor upgrades it to ${own}.`,
  },
  'zh-TW': {
    good: (file: string) => `資料庫 ${file} 沒有損壞。`,
    none: (file: string) => `還沒有資料庫 ${file}。`,
    noneWhy: '監控程式第一次啟動時會建立。',
    unreadable: (file: string) => `無法讀取資料庫 ${file}。`,
    unreadableDo: '請檢查 DATABASE_FILE 和檔案的擁有者。',
    damaged: (file: string) => `資料庫 ${file} 已損壞。`,
    damagedDo: '請重新啟動監控程式：它會把檔案移到一旁，並建立新的。然後執行：npm run restore -- --from-damaged 檔案',
    pages: '這裡沒有檢查資料庫的分頁。',
    pagesWhy: '檢查會讓監控程式忙碌。每晚的備份都會檢查。',
    newer: (schema: number, own: number) => `資料庫由較新的 Hearthwatch 寫入（綱要 ${schema}，這個版本只到 ${own}）。`,
    newerWhy: '為了不損壞資料，監控程式不會用它啟動。',
    newerDo: '請改回較新的版本，或還原這個版本的備份。',
    older: (schema: number, own: number) => `資料庫的綱要是 ${schema}，監控程式下次啟動會升級到 ${own}。`,
  },
}

export const databaseCheck: Check = {
  id: 'database',
  needs: 'machine',
  run(patient) {
    const say = inLanguage(texts, patient)
    const { database, databaseProblem, config } = patient
    const file = config.DATABASE_FILE
    if (database === null)
      return existsSync(file)
        ? [error('database', say.unreadable(file), databaseProblem, say.unreadableDo)]
        : [skipped('database', say.none(file), say.noneWhy)]
    const { schema, ownSchema, faults } = database
    if (schema > ownSchema) return [error('database.schema', say.newer(schema, ownSchema), say.newerWhy, say.newerDo)]
    if (faults === null) return [skipped('database', say.pages, say.pagesWhy, 'npm run doctor')]
    if (faults !== '') return [error('database', say.damaged(file), faults, say.damagedDo)]
    return [ok('database', schema < ownSchema ? say.older(schema, ownSchema) : say.good(file))]
  },
}
