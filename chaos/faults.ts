import type { Dice } from './dice.ts'
import type { House, SensorPlace } from './house.ts'
import { copyDatabase, deleteDatabase, deleteWal, restoreDatabase } from './snapshot.ts'
import type { Manner } from './stream.ts'
import type { Witness } from './witness.ts'

/** What a fault has to work with. */
export interface Scene {
  house: House
  witness: Witness
  dice: Dice
  /** The longest outage, ms. */
  longest: number
  /** Waits; ends early when the run is over. */
  pause(ms: number): Promise<void>
  /** The database is another one from here on: what the old one knew of alerts is counted before. */
  beforeDatabase(): void
}

/** One fault that has been drawn: it holds its parts of the house from beginning to end, and leaves them whole. */
export interface Drawn {
  parts: string[]
  run(): Promise<void>
}

export interface Fault {
  name: string
  weight: number
  /** Why it cannot happen in this house; undefined: it can. */
  impossible?(house: House): string | undefined
  /** Null: nothing to do at this moment. */
  draw(scene: Scene): Drawn | null
}

const needsMosquitto = ({ broker }: House) => (broker ? undefined : 'the monitor brings its own broker')
const needsVolumes = ({ monitorVolume }: House) => (monitorVolume.limited ? undefined : 'a disk of limited size takes root')
const pass: Manner = { kind: 'pass' }
const swallow: Manner = { kind: 'swallow' }

const partOf = (sensor: SensorPlace) => sensor.id
const diskOf = (sensor: SensorPlace) => [`disk of ${sensor.id}`]

/** A dead process comes back after a moment, or after a while. */
const outage = ({ dice, pause, longest }: Scene) => pause(dice.skewed(20, Math.min(longest, 10_000)))

/** Something done to the monitor's files while it is dead. */
function withMonitorDead(work: (scene: Scene) => void, needs: string[] = []): Fault['draw'] {
  return (scene) => ({
    parts: ['monitor', ...needs],
    async run() {
      await scene.house.monitor.kill()
      work(scene)
      await outage(scene)
      scene.house.monitor.start()
    },
  })
}

function withSensorDead(
  work: (scene: Scene, sensor: SensorPlace) => void,
  needs: (sensor: SensorPlace) => string[] = () => [],
): Fault['draw'] {
  return (scene) => {
    const sensor = scene.dice.one(scene.house.sensors)
    return {
      parts: [partOf(sensor), ...needs(sensor)],
      async run() {
        await sensor.program.kill()
        work(scene, sensor)
        await outage(scene)
        sensor.program.start()
      },
    }
  }
}

/** A link of the house behaves otherwise for a while. */
function onLink(manners: (dice: Dice) => [up: Manner, down: Manner]): Fault['draw'] {
  return (scene) => {
    const { house, dice, longest, pause } = scene
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

function replaceDatabase(replace: (house: House) => void): Fault['draw'] {
  return withMonitorDead(
    ({ house, witness, beforeDatabase }) => {
      beforeDatabase()
      replace(house)
      witness.afterDatabase()
    },
    ['disk of monitor'],
  )
}

function replaceOutbox(replace: (sensor: SensorPlace) => void): Fault['draw'] {
  return withSensorDead(({ witness }, sensor) => {
    witness.beforeOutbox(sensor)
    replace(sensor)
    witness.afterOutbox(sensor)
  }, diskOf)
}

const hour = 3_600_000

/** All that happens to the house. The weight says how often, beside the others. */
export const faults: readonly Fault[] = [
  { name: 'sensor killed', weight: 6, draw: withSensorDead(() => {}) },
  { name: 'monitor killed', weight: 5, draw: withMonitorDead(() => {}) },
  {
    name: 'broker killed, all its data lost',
    weight: 4,
    impossible: needsMosquitto,
    draw: (scene) => ({
      parts: ['broker'],
      async run() {
        await scene.house.broker?.kill()
        await outage(scene)
        await scene.house.broker?.start()
      },
    }),
  },
  {
    name: 'all killed at once',
    weight: 1,
    draw: (scene) => {
      const { house } = scene
      const programs = [...house.sensors.map(({ program }) => program), house.monitor]
      return {
        parts: ['broker', 'monitor', ...house.sensors.map(partOf)],
        async run() {
          await Promise.all([house.broker?.kill(), ...programs.map((program) => program.kill())])
          await outage(scene)
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
  {
    name: 'monitor’s disk full',
    weight: 1.5,
    impossible: needsVolumes,
    draw: ({ house, dice, longest, pause }) => ({
      // It may be killed and started on the full disk; only its files are not exchanged meanwhile.
      parts: ['disk of monitor'],
      async run() {
        house.monitorVolume.fill()
        await pause(dice.skewed(500, longest))
        house.monitorVolume.free()
      },
    }),
  },
  {
    name: 'sensor’s disk full',
    weight: 1.5,
    impossible: needsVolumes,
    draw: ({ house, dice, longest, pause }) => {
      const sensor = dice.one(house.sensors)
      return {
        parts: diskOf(sensor),
        async run() {
          sensor.volume.fill()
          await pause(dice.skewed(500, longest))
          sensor.volume.free()
        },
      }
    },
  },
  {
    name: 'monitor’s clock jumps',
    weight: 1,
    draw: ({ house, dice }) => ({
      parts: [],
      async run() {
        house.monitor.clockOffset = clockJump(dice)
      },
    }),
  },
  {
    name: 'sensor’s clock jumps',
    weight: 1.5,
    draw: ({ house, dice }) => ({
      parts: [],
      async run() {
        dice.one(house.sensors).program.clockOffset = clockJump(dice)
      },
    }),
  },
  {
    name: 'monitor killed, its database copied',
    weight: 1.5,
    draw: withMonitorDead(({ house }) => copyDatabase(house.databaseFile, house.databaseCopy)),
  },
  {
    name: 'database restored from an earlier copy',
    weight: 1,
    draw: replaceDatabase(({ databaseFile, databaseCopy }) => void restoreDatabase(databaseFile, databaseCopy)),
  },
  { name: 'database deleted', weight: 0.6, draw: replaceDatabase(({ databaseFile }) => deleteDatabase(databaseFile)) },
  { name: 'database without its WAL', weight: 0.6, draw: replaceDatabase(({ databaseFile }) => deleteWal(databaseFile)) },
  {
    name: 'sensor killed, its outbox copied',
    weight: 1.5,
    draw: withSensorDead((_, { outboxFile, copy }) => copyDatabase(outboxFile, copy)),
  },
  {
    name: 'outbox rolled back to an earlier copy',
    weight: 1,
    draw: replaceOutbox(({ outboxFile, copy }) => void restoreDatabase(outboxFile, copy)),
  },
  { name: 'outbox deleted', weight: 0.4, draw: replaceOutbox(({ outboxFile }) => deleteDatabase(outboxFile)) },
]

/** Up to 6 hours ahead or behind, or right again. Never so far that the monitor refuses such times. */
function clockJump(dice: Dice): number {
  return dice.chance() < 0.4 ? 0 : dice.whole(-6 * hour, 6 * hour)
}
