import { minute } from '@hearthwatch/protocol/durations'
import type { Testbed } from '../testbed.ts'
import { type Fault, outage, partOf, withMonitorStopped, withSensorStopped } from './fault.ts'

const needsMosquitto = ({ broker }: Testbed) => (broker ? undefined : 'the broker is not Mosquitto')

/** Faults of the programs: killed or frozen. */
export const programFaults: readonly Fault[] = [
  { name: 'sensor killed', weight: 6, draw: withSensorStopped(() => {}) },
  { name: 'monitor killed', weight: 5, draw: withMonitorStopped(() => {}) },
  {
    name: 'broker killed, all its data lost',
    weight: 4,
    impossible: needsMosquitto,
    draw: (context) => ({
      parts: ['broker'],
      async run() {
        await context.testbed.broker?.kill()
        await outage(context)
        await context.testbed.broker?.start()
      },
    }),
  },
  {
    name: 'all killed at once',
    weight: 1,
    draw: (context) => {
      const { testbed } = context
      const programs = [...testbed.sensors.map(({ program }) => program), testbed.monitor]
      return {
        parts: ['broker', 'monitor', ...testbed.sensors.map(partOf)],
        async run() {
          await Promise.all([testbed.broker?.kill(), ...programs.map((program) => program.kill())])
          await outage(context)
          for (const program of programs) program.start()
          await testbed.broker?.start()
        },
      }
    },
  },
  {
    name: 'monitor frozen',
    weight: 2,
    draw: ({ testbed, dice, longestOutage, pause }) => ({
      parts: ['monitor'],
      async run() {
        testbed.monitor.freeze()
        await pause(dice.skewed(200, longestOutage))
        testbed.monitor.resume()
      },
    }),
  },
  {
    name: 'mail server failing',
    weight: 0.7,
    draw: ({ testbed, dice, longestOutage, pause }) => {
      // A mail is retried after 30 s at the earliest, which is too late in a short run.
      if (longestOutage < minute) return null
      const answer = dice.one(['451 4.3.0 Try again', 'silent', 'drop', 'accepted and dropped'])
      return {
        parts: ['mail server'],
        async run() {
          testbed.inbox.answers.mail = (_, keep) => {
            if (answer !== 'accepted and dropped') return answer
            keep()
            return 'drop'
          }
          await pause(dice.skewed(500, minute / 2))
          testbed.inbox.answers.mail = undefined
        },
      }
    },
  },
]
