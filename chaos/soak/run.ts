import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { find } from '@hearthwatch/testhouse/need'
import { runCommand } from '../command.ts'
import { drawChart } from './chart.ts'
import { formatSoak } from './report.ts'
import { type SoakOptions, soak } from './soak.ts'

const help = `npm run soak [-- --hours 1 | --minutes 10] [--sensors N] [--out FILE] [--keep]

Runs a house for a long time: sensors and the broker restart, the disk of the monitor is full, a room is too hot, and for a part
of the time a second monitor uses the login of the first. It samples memory, handles, and the sizes of the database, and writes
a table and a chart. It fails if memory or handles grow beyond their bounds, or if any reading is missing or stored twice.

  --hours N     (default 1) or --minutes N; twelve cycles of all troubles, or one a minute in a short run
  --sensors N   sensors with 20 readings per second (default 3), in addition to the one that raises alerts
  --out FILE    the chart (default data/soak.svg)
  --keep        keeps the folder with disks and logs; after a failure it is always kept

A full disk is mounted, which needs root; otherwise it is left out. Ctrl-C ends the soak early; all checks are done.`

process.exitCode = await runCommand(help, read, async (options, { signal, progress }) => {
  const report = await soak({ ...options, signal, onProgress: progress.show })
  progress.clear()
  mkdirSync(dirname(options.out), { recursive: true })
  writeFileSync(options.out, drawChart(report.samples, report.events))
  console.log(`${formatSoak(report)}\n\nThe chart is ${options.out}`)
  if (report.failures.length > 0 || options.keep) console.log(`Disks and logs are in ${report.folder}.`)
  return report.failures.length === 0
})

/** @returns `help`, or an error message for invalid arguments */
function read(): (SoakOptions & { out: string }) | string {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      hours: { type: 'string' },
      minutes: { type: 'string' },
      sensors: { type: 'string', default: '3' },
      out: { type: 'string', default: 'data/soak.svg' },
      keep: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  if (values.hours !== undefined && values.minutes !== undefined) return 'Choose one of --hours and --minutes.'
  const duration = values.minutes === undefined ? Number(values.hours ?? 1) * hour : Number(values.minutes) * minute
  const sensors = Number(values.sensors)
  if (!(duration >= minute / 2 && duration <= 1000 * hour)) return '--hours and --minutes must be numbers, of half a minute at least.'
  if (!Number.isInteger(sensors) || sensors < 1 || sensors > 50) return '--sensors must be a whole number from 1 to 50.'
  if (find('mosquitto') === undefined) return 'Mosquitto is not installed: apt-get install mosquitto.'
  return { duration, sensors, out: values.out, keep: values.keep }
}
