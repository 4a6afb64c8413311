import { parseArgs } from 'node:util'
import { backlog } from './backlog.ts'
import { disk } from './disk.ts'
import { history } from './history.ts'
import { http } from './http.ts'
import { idle } from './idle.ts'
import { mail } from './mail.ts'
import { record } from './record.ts'
import { rules } from './rules.ts'
import { visit } from './visit.ts'
import { wire } from './wire.ts'

const benches = { backlog, record, rules, wire, disk, idle, history, http, visit, mail }

const help = `npm run bench [-- ${Object.keys(benches).join('|')} …]

Measures this machine's monitor beside what people would use instead, in the same run. Read the ratios: absolute
times are this machine's. Needs Mosquitto. Load goes to 127.0.0.1 only.

  backlog   100,000 readings that waited at the broker: bare mqtt.js, and the monitor with every reading checked, judged and committed
  record    300,000 readings that 50 devices have kept: bare better-sqlite3, and the monitor; and a week of one sensor
  rules     a reading judged by 1, 100 and 1,000 rules
  wire      bytes per reading of the record between a device and its broker, counted on the socket
  disk      bytes written to disk per reading, by a sensor and by its monitor
  mail      from a reading over the limit to the accepted mail: bare mqtt.js and nodemailer, and the monitor
  idle      what an hour costs in which nothing happens: CPU, memory, disk
  history   a year of one sensor: charts from rows, rollups and archive, in the database and over HTTP; bytes on disk before and after folding
  http      how long the page waits with 50 of them open and 2,000 readings a second coming in
  visit     how long a phone on a weak network waits for the house, and what it loads; needs Chromium`

process.exitCode = await main()

async function main(): Promise<number> {
  let wanted: string[]
  try {
    const { values, positionals } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
    if (values.help) {
      console.log(help)
      return 0
    }
    wanted = positionals.length > 0 ? positionals : Object.keys(benches)
    const unknown = wanted.find((name) => !Object.hasOwn(benches, name))
    if (unknown !== undefined) throw new Error(`There is no bench called ${unknown}.`)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  for (const name of wanted) await benches[name as keyof typeof benches]()
  return 0
}
