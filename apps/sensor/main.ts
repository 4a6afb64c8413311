import { parseArgs } from 'node:util'
import { createLog } from '@hearthwatch/log'
import { SettingsError } from '@hearthwatch/settings'
import { startSensor } from './agent.ts'
import { readConfig, type SensorConfig } from './config.ts'
import { help } from './help.ts'
import { OutboxUnusable } from './outbox/file.ts'

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
} catch (error) {
  console.error(`${(error as Error).message}\n\n${help}`)
  process.exit(2)
}

const notes: string[] = []
const config = configOrExit()
const log = createLog('sensor', config.LOG_LEVEL)
for (const note of notes) log.warn(note)
let stopping = false
const starting = startSensor(config, log, { onStuck: () => process.exit(1), onRestart: () => void stop(1) })

// After a Ctrl-C the terminal and npm both send a signal; the second one must not interrupt the close.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void stop(0))
}
await starting.catch((error) => {
  if (!(error instanceof OutboxUnusable)) throw error
  console.error(error.message)
  process.exit(1)
})

/** Closes the sensor and exits. After code 1 every supervisor restarts it, also one that only restarts after failures. */
async function stop(code: 0 | 1): Promise<void> {
  if (stopping) return
  stopping = true
  await (await starting).close()
  process.exit(code)
}

function configOrExit(): SensorConfig {
  try {
    return readConfig(process.env, ['.env.sensor', '.env'], (note) => void notes.push(note))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(`${error.message}\n\nnpm run sensor -- --help lists all settings.`)
    process.exit(1)
  }
}
