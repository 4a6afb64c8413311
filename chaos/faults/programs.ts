import { minute } from '@hearthwatch/protocol/durations'
import type { House } from '../house.ts'
import { type Fault, outage, partOf, withMonitorDead, withSensorDead } from './fault.ts'

const needsMosquitto = ({ broker }: House) => (broker ? undefined : 'the monitor brings its own broker')

/** Programs that die or stand still. */
export const programFaults: readonly Fault[] = [
  { name: 'sensor killed', weight: 6, draw: withSensorDead(() => {}) },
  { name: 'monitor killed', weight: 5, draw: withMonitorDead(() => {}) },
  {
    name: 'broker killed, all its data lost',
    weight: 4,
    impossible: needsMosquitto,
    draw: (context) => ({
      parts: ['broker'],
      async run() {
        await context.house.broker?.kill()
        await outage(context)
        await context.house.broker?.start()
      },
    }),
  },
  {
    name: 'all killed at once',
    weight: 1,
    draw: (context) => {
      const { house } = context
      const programs = [...house.sensors.map(({ program }) => program), house.monitor]
      return {
        parts: ['broker', 'monitor', ...house.sensors.map(partOf)],
        async run() {
          await Promise.all([house.broker?.kill(), ...programs.map((program) => program.kill())])
          await outage(context)
          for (const program of programs) program.start()
          await house.broker?.start()
        },
      }
    },
  },
  {
    name: 'monitor frozen',
    weight: 2,
    draw: ({ house, dice, longest, pause }) => ({
      parts: ['monitor'],
      async run() {
        house.monitor.freeze()
        await pause(dice.skewed(200, longest))
        house.monitor.thaw()
      },
    }),
  },
  {
    name: 'mail server in trouble',
    weight: 0.7,
    draw: ({ house, dice, longest, pause }) => {
      // It is tried again after half a minute at the earliest: nothing for a short run.
      if (longest < minute) return null
      const answer = dice.one(['451 4.3.0 Try again', 'silent', 'drop', 'accepted and dropped'])
      return {
        parts: ['mail server'],
        async run() {
          house.inbox.answers.mail = (_, keep) => {
            if (answer !== 'accepted and dropped') return answer
            keep()
            return 'drop'
          }
          await pause(dice.skewed(500, minute / 2))
          house.inbox.answers.mail = undefined
        },
      }
    },
  },
]
