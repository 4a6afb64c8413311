import { openSync, writeSync } from 'node:fs'
import { createLog } from '@hearthwatch/log'
import { startSensor } from '../apps/sensor/agent.ts'
import { readConfig } from '../apps/sensor/config.ts'

/** Runs the real sensor, and logs each row right after the commit of its outbox: one line per row. */
const log = openSync(process.argv[2] ?? '', 'a')
const config = readConfig(undefined, [])
const sensor = await startSensor(config, createLog('sensor', config.LOG_LEVEL), {
  onStuck: () => process.exit(1),
  onAppended: ({ seq, time, values }) => void writeSync(log, `${seq} ${time} ${JSON.stringify(values)}\n`),
})
process.once('SIGTERM', () => void sensor.close().then(() => process.exit(0)))
process.send?.('ready')
