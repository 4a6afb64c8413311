import { parseArgs } from 'node:util'
import { backlog } from './backlog.ts'
import { disk } from './disk.ts'
import { fleet } from './fleet.ts'
import { footprint } from './footprint.ts'
import { forward } from './forward.ts'
import { history } from './history.ts'
import { http } from './http.ts'
import { idle } from './idle.ts'
import { mail } from './mail.ts'
import { overload } from './overload.ts'
import { record } from './record.ts'
import { rules } from './rules.ts'
import { visit } from './visit.ts'
import { wire } from './wire.ts'

const benches = { backlog, record, rules, wire, disk, idle, footprint, history, http, visit, mail, fleet, overload, forward }

const help = `npm run bench [-- ${Object.keys(benches).join('|')} …]

Measures the monitor, and a simple alternative in the same run. Compare the ratios: absolute times depend on the machine.
Needs Mosquitto. All traffic stays on 127.0.0.1.

  backlog   100,000 readings queued at the broker: bare mqtt.js, and the monitor (checked, evaluated and committed)
  record    300,000 readings in the outboxes of 50 devices: bare better-sqlite3, and the monitor; a week of one sensor
  rules     CPU time to evaluate a reading by 1, 100 and 1,000 rules
  wire      bytes per reading of the record between a device and its broker, counted on the socket
  disk      bytes written to disk per reading, by a sensor and by its monitor
  mail      time from a reading over the limit to the accepted mail: bare mqtt.js with nodemailer, and the monitor
  idle      CPU, memory and disk writes of an hour without events
  footprint start and memory of a sensor from source, bundled and installed, by version of Node; downloads them once
  history   a year of one sensor: charts from rows, rollups and archive, by SQL and by HTTP; bytes on disk
  http      response times with 50 open pages and 2,000 readings per second
  fleet     one monitor with 1,000 to 40,000 devices; FLEET='2000 10000' chooses other numbers
  overload  a slow monitor with twice the devices that it can bear, and with half of them again
  forward   500,000 readings to PostgreSQL: bare COPY, the stored past, and the feed of commits; needs PostgreSQL
  visit     loading time and bytes of the page on a phone with a slow network; needs Chromium`

process.exitCode = await main()

async function main(): Promise<number> {
  let selected: string[]
  try {
    const { values, positionals } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
    if (values.help) {
      console.log(help)
      return 0
    }
    selected = positionals.length > 0 ? positionals : Object.keys(benches)
    const unknown = selected.find((name) => !Object.hasOwn(benches, name))
    if (unknown !== undefined) throw new Error(`unknown bench: ${unknown}`)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  for (const name of selected) await benches[name as keyof typeof benches]()
  return 0
}
