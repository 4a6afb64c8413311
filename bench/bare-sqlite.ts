/** For comparison: bare better-sqlite3 inserts the backlogs of some devices, and reports the time. */
import Database from 'better-sqlite3'
import { readings } from './device.ts'

const [file = '', devices = '0', rows = '0', size = '0'] = process.argv.slice(2)
const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.exec('CREATE TABLE reading (series INTEGER, time INTEGER, value REAL, PRIMARY KEY (series, time)) WITHOUT ROWID')
const insert = db.prepare('INSERT INTO reading VALUES (?, ?, ?)')
const backlogs = Array.from({ length: Number(devices) }, (_, i) => readings(Number(rows), i))
const insertBatch = db.transaction((series: number, from: number) => {
  for (const { time, values } of backlogs[series]?.slice(from, from + Number(size)) ?? []) insert.run(series, time, values.temperature)
})

const before = process.cpuUsage()
const begun = performance.now()
for (let from = 0; from < Number(rows); from += Number(size)) for (const series of backlogs.keys()) insertBatch.immediate(series, from)
const took = performance.now() - begun
const { user, system } = process.cpuUsage(before)
process.send?.({ took, cpu: (user + system) / 1e6, peak: process.resourceUsage().maxRSS / 1024 })
db.close()
