import type { Device } from '@hearthwatch/api/devices'
import { second } from '@hearthwatch/protocol/durations'
import { until } from '@hearthwatch/testhouse/eventually'
import type { Testbed } from '../testbed.ts'
import { type Context, type Fault, outage, partOf } from './fault.ts'

const impossible = ({ cluster }: Testbed) => (cluster ? undefined : 'the broker is one program')
/** One node at a time: two of three are no majority, and then no client can log in. */
const nodes = 'nodes of the broker'

/** Time for silence to be noticed: OFFLINE_AFTER of the monitor from its last connection, and some checks. */
const silenceTimeout = 45 * second

type Cluster = NonNullable<Testbed['cluster']>

function onCluster(parts: string[], work: (cluster: Cluster, context: Context) => Promise<void>): Pick<Fault, 'draw' | 'impossible'> {
  return { impossible, draw: (context) => ({ parts, run: () => work(context.testbed.cluster as Cluster, context) }) }
}

/** Faults of a cluster of brokers: a node or the balancer is killed or frozen. */
export const clusterFaults: readonly Fault[] = [
  {
    name: 'node of the broker killed',
    weight: 5,
    ...onCluster([nodes], async (cluster, context) => {
      const node = context.dice.one(cluster.nodes)
      await node.kill()
      await outage(context)
      node.start()
      await cluster.untilNodesAnswer([node])
    }),
  },
  {
    name: 'node of the broker frozen',
    weight: 3,
    ...onCluster([nodes], async (cluster, context) => {
      const { dice, longestOutage, pause } = context
      const node = dice.one(cluster.nodes)
      node.freeze()
      // The others count it as down after 11 to 19 s. Then it must join them again.
      await pause(Math.min(longestOutage, dice.one([dice.skewed(500, 10 * second), dice.skewed(20 * second, 40 * second)])))
      node.resume()
      await cluster.untilWhole()
    }),
  },
  {
    name: 'balancer killed',
    weight: 2,
    ...onCluster(['balancer'], async ({ balancer }, context) => {
      await balancer.kill()
      await outage(context)
      balancer.start()
    }),
  },
  {
    name: 'balancer frozen',
    weight: 2,
    ...onCluster(['balancer'], async ({ balancer }, { dice, pause, longestOutage }) => {
      balancer.freeze()
      await pause(dice.skewed(200, longestOutage))
      balancer.resume()
    }),
  },
  {
    name: 'sensor killed together with its node, and its last will with them',
    weight: 1.5,
    impossible,
    draw(context) {
      const { testbed, dice, history } = context
      const sensor = dice.one(testbed.sensors.filter((one) => one !== testbed.heatedSensor))
      const statusOf = async () => (await testbed.get<Device[]>('/api/devices')).find(({ id }) => id === sensor.id)?.status
      return {
        // The monitor must be there to notice the silence.
        parts: [nodes, 'balancer', 'broker', 'monitor', 'link of monitor', partOf(sensor), `link of ${sensor.id}`],
        async run() {
          const cluster = testbed.cluster as Cluster
          const node = await cluster.nodeOf(sensor.id)
          if (node === undefined || !(await until(async () => (await statusOf()) === 'online', 5 * second))) return
          sensor.program.freeze()
          await node.kill()
          await sensor.program.kill()
          const isNoticed = await until(async () => (await statusOf()) === 'offline', silenceTimeout)
          if (!isNoticed)
            history.problems.push(`${sensor.id} was killed with its node, and is not shown as offline after ${silenceTimeout / second} s`)
          else history.silences += 1
          node.start()
          sensor.program.start()
          await cluster.untilNodesAnswer([node])
        },
      }
    },
  },
]
