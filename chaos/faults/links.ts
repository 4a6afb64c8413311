import type { Dice } from '../dice.ts'
import type { Manner } from '../stream.ts'
import type { Fault } from './fault.ts'

const pass: Manner = { kind: 'pass' }
const swallow: Manner = { kind: 'swallow' }

/** A link of the house behaves otherwise for a while. */
function onLink(manners: (dice: Dice) => [up: Manner, down: Manner]): Fault['draw'] {
  return (context) => {
    const { house, dice, longest, pause } = context
    const links = [
      ...house.sensors.map((sensor) => ({ link: sensor.link, part: `link of ${sensor.id}` })),
      ...(house.monitorLink ? [{ link: house.monitorLink, part: 'link of monitor' }] : []),
    ]
    const { link, part } = dice.one(links)
    const [up, down] = manners(dice)
    return {
      parts: [part],
      async run() {
        link.behave(up, down)
        await pause(dice.skewed(300, longest))
        link.behave(pass)
      },
    }
  }
}

/** What networks do. */
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
      const slow: Manner = { kind: 'slow', bytesPerSecond: dice.skewed(100, 800), piece: 1 }
      return [slow, dice.chance() < 0.5 ? slow : pass]
    }),
  },
  {
    name: 'link cut',
    weight: 3,
    draw: ({ house, dice }) => {
      const link = dice.one([...house.sensors.map(({ link }) => link), ...(house.monitorLink ? [house.monitorLink] : [])])
      return { parts: [], run: async () => link.cut() }
    },
  },
  {
    name: 'connections refused',
    weight: 1,
    draw: ({ house, dice, longest, pause }) => {
      const links = [...house.sensors.map(({ link }) => link), ...(house.monitorLink ? [house.monitorLink] : [])]
      return {
        parts: ['broker'],
        async run() {
          for (const link of links) link.refuse(true)
          await pause(dice.skewed(200, longest))
          for (const link of links) link.refuse(false)
        },
      }
    },
  },
]
