import { clockOffset } from './environment.ts'

/**
 * Loaded before a program of the house (`node --import`): its clock can be set from outside, for everything in that
 * process, and it ends with the process that started it.
 */
let offset = clockOffset
const real = Date.now
Date.now = () => real() + offset

process.on('message', (message: { clockOffset: number }) => {
  offset = message.clockOffset
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// The channel alone keeps no program alive.
process.channel?.unref()
