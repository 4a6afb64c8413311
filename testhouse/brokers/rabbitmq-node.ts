import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createProcessGroup } from '../processes/process-group.ts'

const run = promisify(execFile)
/** The programs of Debian's package. Those in the path insist on its own user. */
export const rabbitmqPrograms = '/usr/lib/rabbitmq/bin'

export interface NodeOptions {
  /** Folder of all nodes; each makes one of its own. */
  folder: string
  name: string
  /** The files of `setup cluster rabbitmq` by name. */
  files: Readonly<Record<string, string>>
  /** Host names in those files. */
  names: readonly string[]
  /** Ports on 127.0.0.1: of MQTT, of the other nodes, and of epmd. */
  ports: { mqtt: number; nodes: number; epmd: number }
}

export type RabbitmqNode = ReturnType<typeof createRabbitmqNode>

/** A node of RabbitMQ on this host, with the files of setup. Only addresses and folders in them are changed. */
export function createRabbitmqNode({ folder, name, files, names, ports }: NodeOptions) {
  const home = join(folder, name)
  mkdirSync(home, { recursive: true })
  const write = (file: string, change: (text: string) => string = (text) => text) =>
    writeFileSync(join(home, file), change(files[file] ?? ''), { mode: 0o600 })
  const toHome = (text: string) => text.replace('/etc/rabbitmq/', `${home}/`)
  write('advanced.config')
  write('rejoin.erl')
  write('rabbitmq-env.conf', toHome)
  write('enabled_plugins')
  write('definitions.json')
  writeFileSync(join(home, '.erlang.cookie'), files['erlang.cookie'] ?? '', { mode: 0o400 })
  write('rabbitmq.conf', (text) => {
    const here = names.reduce((changed, other) => changed.replaceAll(`rabbit@${other}`, `${other}@localhost`), text)
    return toHome(here).replace('mqtt.listeners.tcp.default = 1883', `mqtt.listeners.tcp.1 = 127.0.0.1:${ports.mqtt}`)
  })
  const env = {
    HOME: home,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `${name}@localhost`,
    RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(home, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
    RABBITMQ_LOG_BASE: join(home, 'log'),
    RABBITMQ_PID_FILE: join(home, 'pid'),
    RABBITMQ_DIST_PORT: String(ports.nodes),
    // Three nodes share the cores of a test; none waits actively for work.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
    LANG: 'C.UTF-8',
  }
  // A node that ends itself is started again, as Docker and systemd do.
  const group = createProcessGroup('bash', ['-c', 'while :; do "$0"; done', join(rabbitmqPrograms, 'rabbitmq-server')], env)
  const ctl = async (...args: string[]) => {
    const { stdout } = await run(join(rabbitmqPrograms, 'rabbitmqctl'), ['--quiet', '--node', `${name}@localhost`, ...args], {
      env: { PATH: process.env.PATH, ...env },
    })
    return stdout
  }
  return {
    name,
    port: ports.mqtt,
    /** The variables with which a script finds this node by `rabbitmqctl`. */
    env: { ...env, PATH: `${rabbitmqPrograms}:${process.env.PATH}` },
    output: group.output,
    isRunning: group.isRunning,
    /** Starts it again with its data; see `untilNodesAnswer`. */
    start: group.start,
    kill: () => group.end('SIGKILL'),
    freeze: () => group.signal('SIGSTOP'),
    resume: () => group.signal('SIGCONT'),
    /** Runs a command of `rabbitmqctl`. @returns its output */
    ctl,
    /** Names of the nodes that run in its view; empty while it does not answer, and if it sees a partition. */
    async members(): Promise<string[]> {
      const text = await ctl('cluster_status', '--formatter', 'json').catch(() => '{}')
      const { running_nodes: nodes = [], partitions = {} } = JSON.parse(text) as { running_nodes?: string[]; partitions?: object }
      return Object.keys(partitions).length > 0 ? [] : nodes.map((node) => node.replace(/@.*/, ''))
    },
  }
}
