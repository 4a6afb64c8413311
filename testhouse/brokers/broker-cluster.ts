import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { until } from '../eventually.ts'
import { freePorts } from '../ports.ts'
import { createProcessGroup } from '../processes/process-group.ts'
import { createBalancer } from './haproxy.ts'
import { createRabbitmqNode, type RabbitmqNode } from './rabbitmq-node.ts'

export type BrokerCluster = Awaited<ReturnType<typeof startBrokerCluster>>

export interface Login {
  username: string
  password: string
}

/** The nodes in the files of `setup cluster rabbitmq`. */
const names = ['broker-1', 'broker-2', 'broker-3'] as const

/**
 * Starts three nodes of RabbitMQ on this host, and HAProxy before them, with the files that `setup cluster rabbitmq` writes.
 * It needs no service and no root. Guard the suite with `need('rabbitmq')` and `need('haproxy')`.
 * @param files the files' texts by name
 * @param login to see whether a node answers; no other client may use it meanwhile
 * @throws Error with the logs if the cluster does not start in 90 s: before the runner ends a test after two minutes
 */
export async function startBrokerCluster(files: Readonly<Record<string, string>>, login: Login) {
  const folder = mkdtempSync(join(tmpdir(), 'broker-cluster-'))
  const [epmdPort = 0, plain = 0, tls = 0, ...ports] = await freePorts(3 + 2 * names.length)
  // Without it, the first node would leave one running in the background.
  const epmd = createProcessGroup('epmd', ['-port', String(epmdPort)], { ERL_EPMD_ADDRESS: '127.0.0.1' })
  epmd.start()
  const nodes = names.map((name, i) => {
    const [mqttPort = 0, nodePort = 0] = ports.slice(2 * i)
    return createRabbitmqNode({ folder, name, files, names, ports: { mqtt: mqttPort, nodes: nodePort, epmd: epmdPort } })
  })
  const balancer = createBalancer({ folder, files, nodes, ports: { plain, tls } })

  /** Waits until each of these nodes admits clients. */
  const untilNodesAnswer = async (which: readonly RabbitmqNode[] = nodes, timeout = 120_000) => {
    const all = async () => (await Promise.all(which.map(({ port }) => admits(port, login)))).every(Boolean)
    if (!(await until(all, timeout, { interval: 200 })))
      throw new Error(`the cluster does not answer:\n${nodes.map((node) => node.output()).join('\n')}`)
  }
  const cluster = {
    nodes,
    balancer,
    url: `mqtt://127.0.0.1:${balancer.port}`,
    untilNodesAnswer,
    /** The node to which this user is connected; undefined: none. */
    async nodeOf(user: string): Promise<RabbitmqNode | undefined> {
      const list = await nodes.find((node) => node.isRunning())?.ctl('list_mqtt_connections', 'user', 'connection')
      const [, name] = new RegExp(`^${user}\\s.*<(.+)@localhost`, 'm').exec(list ?? '') ?? []
      return nodes.find((node) => node.name === name)
    },
    /** Waits until each node counts all nodes as members, and admits clients. */
    async untilWhole(timeout = 60_000): Promise<void> {
      const isWhole = async () => {
        for (const node of nodes) if ((await node.members()).length < nodes.length) return false
        return true
      }
      if (!(await until(isWhole, timeout, { interval: 500 })))
        throw new Error(`the nodes are not one cluster:\n${nodes.map((node) => node.output()).join('\n')}`)
      await untilNodesAnswer()
    },
    /** Waits until clients reach a node through the balancer. */
    untilBalanced: () => until(() => admits(balancer.port, login), 30_000),
    async stop(): Promise<void> {
      await balancer.kill()
      await Promise.all(nodes.map((node) => node.kill()))
      await epmd.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    // The others join the first one. If all start at once, each waits for the next.
    const [first, ...others] = nodes
    const end = performance.now() + 90_000
    const timeLeft = () => end - performance.now()
    first?.start()
    await untilNodesAnswer(first ? [first] : [], timeLeft())
    for (const node of others) node.start()
    await untilNodesAnswer(nodes, timeLeft())
    balancer.start()
    if (!(await cluster.untilBalanced())) throw new Error(`the balancer does not answer:\n${balancer.output()}`)
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** True if the broker on this port admits the login. Its client id is the user name, as the balancer asks. */
function admits(port: number, { username, password }: Login): Promise<boolean> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { username, password, clientId: username, reconnectPeriod: 0 })
  return new Promise((resolve) => {
    const settle = (answer: boolean) => {
      clearTimeout(timer)
      client.end(true)
      resolve(answer)
    }
    const timer = setTimeout(settle, 2000, false)
    client.once('connect', () => settle(true))
    client.on('error', () => settle(false))
    client.once('close', () => settle(false))
  })
}
