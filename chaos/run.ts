import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { minute } from '@hearthwatch/protocol/durations'
import { find } from '@hearthwatch/testhouse/need'
import { runChaos } from './chaos.ts'
import { runCommand } from './command.ts'
import { faults } from './faults/index.ts'
import type { ChaosOptions } from './options.ts'
import { formatReport } from './report.ts'

const help = `npm run chaos [-- --minutes 30] [--seed N] [--broker mosquitto|embedded | --cluster rabbitmq] [--sensors N] [--only WORDS] [--keep]

Runs the whole system and injects faults: it kills and freezes programs, changes clocks, breaks network links, fills disks,
and deletes databases or restores old copies. At the end every reading must be stored exactly once.

  --minutes N   time during which faults are injected (default 1)
  --seed N      repeats the same faults in the same order; their exact timing depends on the machine
  --broker      mosquitto (default; each kill loses its data) or embedded (the broker of the monitor)
  --cluster     rabbitmq: three nodes behind HAProxy, with the files of setup; nodes and balancer are killed and frozen too
  --sensors N   sensors with 20 readings per second (default 3), in addition to the one that raises alerts
  --only WORDS  injects only faults whose name contains one of these words: --only cap,clone
  --keep        keeps the folder with disks and logs; after a failure it is always kept

Full disks are mounted, which needs root; otherwise these faults are skipped. Ctrl-C stops the faults and prints the report.`

process.exitCode = await runCommand(help, read, async (options, { signal, progress }) => {
  console.log(`seed ${options.seed}`)
  const report = await runChaos({ ...options, signal, onProgress: progress.show })
  progress.clear()
  console.log(formatReport(report))
  if (report.failures.length > 0) {
    const { broker, sensors, duration, seed, only = [] } = options
    console.log(`\nDisks and logs are in ${report.folder}. Command to repeat this run:`)
    console.log(
      `npm run chaos -- --seed ${seed} --minutes ${duration / minute} --${broker === 'rabbitmq' ? 'cluster' : 'broker'} ${broker} --sensors ${sensors}${only.length > 0 ? ` --only ${only}` : ''}`,
    )
    return false
  }
  if (options.keep) console.log(`\nDisks and logs are in ${report.folder}.`)
  return true
})

/** @returns `help`, or an error message for invalid arguments */
function read(): ChaosOptions | string {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(randomInt(2 ** 32)) },
      broker: { type: 'string' },
      cluster: { type: 'string' },
      sensors: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      keep: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const [minutes, seed, sensors] = [Number(values.minutes), Number(values.seed), Number(values.sensors)]
  if (!(minutes > 0 && minutes <= 10_000)) return '--minutes must be a number above 0.'
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) return '--seed must be a whole number from 0 to 4294967295.'
  if (!Number.isInteger(sensors) || sensors < 1 || sensors > 50) return '--sensors must be a whole number from 1 to 50.'
  const { cluster, keep, broker = cluster ?? 'mosquitto' } = values
  const only = values.only.split(',').filter((word) => word !== '')
  if (only.length > 0 && !faults.some(({ name }) => only.some((word) => name.includes(word))))
    return `No fault has “${values.only}” in its name.`
  if (cluster !== undefined && values.broker !== undefined) return '--broker and --cluster exclude each other.'
  if (cluster !== undefined && cluster !== 'rabbitmq') return '--cluster must be rabbitmq.'
  if (broker !== 'mosquitto' && broker !== 'embedded' && broker !== cluster) return '--broker must be mosquitto or embedded.'
  if (cluster !== undefined && (find('rabbitmq') === undefined || find('haproxy') === undefined))
    return 'RabbitMQ or HAProxy is not installed: apt-get install rabbitmq-server haproxy'
  if (broker === 'mosquitto' && find('mosquitto') === undefined)
    return 'Mosquitto is not installed: apt-get install mosquitto, or use --broker embedded.'
  return { seed, duration: minutes * minute, broker, sensors, only, keep }
}
