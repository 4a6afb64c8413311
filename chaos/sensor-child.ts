import { openSync, writeSync } from 'node:fs'
import { createLog } from '@hearthwatch/log'
import { startSensor } from '../apps/sensor/agent.ts'
import { readConfig } from '../apps/sensor/config.ts'

/** The real sensor, which besides writes down what it has taken: a line a row, right after the commit. */
const truth = openSync(process.argv[2] ?? '', 'a')
const config = readConfig(undefined, [])
const sensor = await startSensor(config, createLog('sensor', config.LOG_LEVEL), {
  onStuck: () => process.exit(1),
  onAppended: ({ seq, time, values }) => void writeSync(truth, `${seq} ${time} ${JSON.stringify(values)}\n`),
})
process.once('SIGTERM', () => void sensor.close().then(() => process.exit(0)))
