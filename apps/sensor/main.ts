import { parseArgs } from 'node:util'
import { createLog, formatOf } from '@hearthwatch/log'
import { SettingsError } from '@hearthwatch/settings'
import { createNotifier, findSupervisor } from '@hearthwatch/systemd'
import { type Sensor, startSensor } from './agent.ts'
import { runCommand } from './commands/run.ts'
import { readConfig, type SensorConfig } from './config.ts'
import { helpFor } from './help.ts'
import { placeOf } from './installed.ts'
import { OutboxUnusable } from './outbox/file.ts'
import manifest from './package.json' with { type: 'json' }

const place = placeOf(process.env)
await runCommand(process.argv.slice(2), place)
try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    console.log(helpFor(place))
    process.exit(0)
  }
} catch (error) {
  console.error(`${(error as Error).message}\n\n${helpFor(place)}`)
  process.exit(2)
}

const notes: string[] = []
const config = configOrExit()
const log = createLog('sensor', config.LOG_LEVEL, undefined, formatOf(config.LOG_FORMAT, process.env))
log.info(`hearthwatch sensor ${manifest.version}`, {
  node: process.versions.node,
  id: config.SENSOR_ID,
  room: config.ROOM,
  outbox: config.OUTBOX_DIR,
})
for (const note of notes) log.warn(note)
const supervisor = await findSupervisor(config.SUPERVISED)
const systemd = createNotifier(process.env, log.child('systemd'))
let stopping: Promise<void> | undefined
let starting = start()

// After a Ctrl-C the terminal and npm both send a signal; the second one must not interrupt the close.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void stop(0))
}
await starting.catch((error) => {
  if (!(error instanceof OutboxUnusable)) throw error
  console.error(error.message)
  process.exit(1)
})
systemd.ready()

function start(): Promise<Sensor> {
  return startSensor(config, log, {
    // Without a supervisor an exit would be for ever. The link begins anew by itself then.
    ...(supervisor && { onStuck: () => process.exit(1) }),
    onRestart: () => void (supervisor ? stop(1) : restart()),
    onCycle: systemd.alive,
    onInterval: systemd.expect,
  })
}

/** Restarts the sensor within this process, because nothing would start the program again. */
async function restart(): Promise<void> {
  const running = starting
  starting = running.then(async (sensor) => {
    await sensor.close()
    log.info('starting again within this process: no supervisor would restart it')
    return start()
  })
  await starting
}

/** Closes the sensor and exits. After code 1 every supervisor restarts it, also one that only restarts after failures. */
function stop(code: 0 | 1): Promise<void> {
  stopping ??= (async () => {
    systemd.stopping()
    await (await starting).close()
    process.exit(code)
  })()
  return stopping
}

function configOrExit(): SensorConfig {
  try {
    return readConfig(process.env, place.settingsFiles, (note) => void notes.push(note))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(`${error.message}\n\n${place.command} --help lists all settings.`)
    process.exit(1)
  }
}
