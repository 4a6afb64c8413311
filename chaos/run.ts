import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { find } from '@hearthwatch/testhouse/need'
import { type ChaosOptions, runChaos } from './chaos.ts'
import { faults } from './faults/index.ts'
import { createProgress } from './progress.ts'
import { tell } from './report.ts'

const help = `npm run chaos [-- --minutes 30] [--seed N] [--broker mosquitto|embedded] [--sensors N] [--only WORDS] [--keep]

A house in a storm: its programs are killed, frozen and set to another time, its links break, its disks fill up, are lost
or come back from the past. When the storm is over every reading that a sensor took must be stored exactly once.

  --minutes N   how long the storm takes (default 1)
  --seed N      the same faults in the same order again; when each one strikes depends on the machine as well
  --broker      mosquitto (default), each kill of which loses its data, or the monitor's embedded one
  --sensors N   sensors with 20 readings a second (default 3), beside the oven that raises alerts
  --only WORDS  only faults with one of these words in their name: --only cap,clone
  --keep        keep the folder with disks and logs; after a failure it is always kept

Full disks need root (they are mounted); without it they are skipped. Ctrl-C ends the storm, and tells what there was.`

process.exitCode = await main()

async function main(): Promise<number> {
  const options = read()
  if (options === 'help') {
    console.log(help)
    return 0
  }
  if (typeof options === 'string') {
    console.error(`${options}\n\n${help}`)
    return 2
  }
  console.log(`seed ${options.seed}`)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  const progress = createProgress(process.stderr)
  const report = await runChaos({ ...options, signal: stop.signal, onProgress: progress.show })
  progress.clear()
  console.log(tell(report))
  if (report.failures.length > 0) {
    const { broker, sensors, duration, seed, only = [] } = options
    console.log(`\nDisks and logs are in ${report.folder}. Again:`)
    console.log(
      `npm run chaos -- --seed ${seed} --minutes ${duration / 60_000} --broker ${broker} --sensors ${sensors}${only.length > 0 ? ` --only ${only}` : ''}`,
    )
    return 1
  }
  if (options.keep) console.log(`\nDisks and logs are in ${report.folder}.`)
  return 0
}

/** @returns what is wrong with the arguments, where something is */
function read(): ChaosOptions | 'help' | string {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(randomInt(2 ** 32)) },
        broker: { type: 'string', default: 'mosquitto' },
        sensors: { type: 'string', default: '3' },
        only: { type: 'string', default: '' },
        keep: { type: 'boolean', default: false },
      },
    })
    if (values.help) return 'help'
    const [minutes, seed, sensors] = [Number(values.minutes), Number(values.seed), Number(values.sensors)]
    if (!(minutes > 0 && minutes <= 10_000)) return '--minutes is a number above 0.'
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) return '--seed is a whole number from 0 to 4294967295.'
    if (!Number.isInteger(sensors) || sensors < 1 || sensors > 50) return '--sensors is a whole number from 1 to 50.'
    const { broker, keep } = values
    const only = values.only.split(',').filter((word) => word !== '')
    if (only.length > 0 && !faults.some(({ name }) => only.some((word) => name.includes(word))))
      return `No fault has “${values.only}” in its name.`
    if (broker !== 'mosquitto' && broker !== 'embedded') return '--broker is mosquitto or embedded.'
    if (broker === 'mosquitto' && find('mosquitto') === undefined)
      return 'Mosquitto is not installed: apt-get install mosquitto, or --broker embedded.'
    return { seed, duration: minutes * 60_000, broker, sensors, only, keep }
  } catch (error) {
    return (error as Error).message
  }
}
