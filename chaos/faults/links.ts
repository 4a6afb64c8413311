import type { Dice } from '../dice.ts'
import type { Behaviour } from '../stream.ts'
import type { Fault } from './fault.ts'

const pass: Behaviour = { kind: 'pass' }
const swallow: Behaviour = { kind: 'swallow' }

/** A fault that changes the behaviour of one link for a while. */
function onLink(behaviours: (dice: Dice) => [up: Behaviour, down: Behaviour]): Fault['draw'] {
  return (context) => {
    const { testbed, dice, longestOutage, pause } = context
    const links = [
      ...testbed.sensors.map((sensor) => ({ link: sensor.link, part: `link of ${sensor.id}` })),
      ...(testbed.monitorLink ? [{ link: testbed.monitorLink, part: 'link of monitor' }] : []),
    ]
    const { link, part } = dice.one(links)
    const [up, down] = behaviours(dice)
    return {
      parts: [part],
      async run() {
        link.behave(up, down)
        await pause(dice.skewed(300, longestOutage))
        link.behave(pass)
      },
    }
  }
}

/** Faults of the network links. */
export const linkFaults: readonly Fault[] = [
  { name: 'link swallows both ways', weight: 2, draw: onLink(() => [swallow, swallow]) },
  { name: 'link swallows one way', weight: 2, draw: onLink((dice) => (dice.chance() < 0.5 ? [swallow, pass] : [pass, swallow])) },
  { name: 'link holds everything back', weight: 2, draw: onLink(() => [{ kind: 'hold' }, { kind: 'hold' }]) },
  {
    name: 'link delays',
    weight: 2,
    draw: onLink((dice) => [
      { kind: 'delay', ms: dice.skewed(20, 3000) },
      { kind: 'delay', ms: dice.skewed(20, 3000) },
    ]),
  },
  {
    name: 'link lets single bytes through',
    weight: 2,
    draw: onLink((dice) => {
      const slow: Behaviour = { kind: 'slow', bytesPerSecond: dice.skewed(100, 800), piece: 1 }
      return [slow, dice.chance() < 0.5 ? slow : pass]
    }),
  },
  {
    name: 'link cut',
    weight: 3,
    draw: ({ testbed, dice }) => {
      const link = dice.one([...testbed.sensors.map(({ link }) => link), ...(testbed.monitorLink ? [testbed.monitorLink] : [])])
      return { parts: [], run: async () => link.cut() }
    },
  },
  {
    name: 'connections refused',
    weight: 1,
    draw: ({ testbed, dice, longestOutage, pause }) => {
      const links = [...testbed.sensors.map(({ link }) => link), ...(testbed.monitorLink ? [testbed.monitorLink] : [])]
      return {
        parts: ['broker'],
        async run() {
          for (const link of links) link.refuse(true)
          await pause(dice.skewed(200, longestOutage))
          for (const link of links) link.refuse(false)
        },
      }
    },
  },
]
