import { clockOffset } from './environment.ts'

/**
 * Loaded before a program under test (`node --import`). The parent process can then set its clock, and the program ends with
 * the parent.
 */
let offset = clockOffset
const real = Date.now
Date.now = () => real() + offset

process.on('message', (message: { clockOffset: number }) => {
  offset = message.clockOffset
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// The channel alone must not keep the program running.
process.channel?.unref()
