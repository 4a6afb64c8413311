import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createProcessGroup } from '../processes/process-group.ts'

export interface BalancerOptions {
  folder: string
  /** The files of `setup cluster` by name. */
  files: Readonly<Record<string, string>>
  /** Ports of the nodes on 127.0.0.1, by their names in `haproxy.cfg`. */
  nodes: readonly { name: string; port: number }[]
  /** Ports on 127.0.0.1, without and with TLS. */
  ports: { plain: number; tls: number }
}

export type Balancer = ReturnType<typeof createBalancer>

/** The program of its container. */
const script = join(import.meta.dirname, '../../cluster/balancer/start.sh')

/** HAProxy with the files of setup. Only addresses and folders in them are changed. */
export function createBalancer({ folder, files, nodes, ports }: BalancerOptions) {
  const home = join(folder, 'balancer')
  mkdirSync(home, { recursive: true })
  const configuration = nodes.reduce(
    (text, { name, port }) => text.replace(`server ${name} ${name}:1883`, `server ${name} 127.0.0.1:${port}`),
    (files['haproxy.cfg'] ?? '')
      .replace(/bind [\d.]*:1883/, `bind 127.0.0.1:${ports.plain}`)
      .replace('bind :8883', `bind 127.0.0.1:${ports.tls}`)
      .replaceAll('/usr/local/etc/haproxy/', `${home}/`)
      // Only root can become another user.
      .replace(process.getuid?.() === 0 ? /$^/ : /^ {4}(?:user|group) haproxy\n/gm, ''),
  )
  writeFileSync(join(home, 'haproxy.cfg'), configuration, { mode: 0o600 })
  const setFile = (name: string, text: string) => writeFileSync(join(home, name), text, { mode: 0o600 })
  for (const name of ['server.pem', 'clients-ca.crt', 'clients.crl']) if (files[name] !== undefined) setFile(name, files[name])
  const group = createProcessGroup('bash', [script, home], { PATH: `/usr/sbin:${process.env.PATH}` })
  return {
    port: ports.plain,
    tlsPort: ports.tls,
    output: group.output,
    /** Replaces a file of setup, which it notices by itself. */
    setFile,
    start: group.start,
    kill: () => group.end('SIGKILL'),
    freeze: () => group.signal('SIGSTOP'),
    resume: () => group.signal('SIGCONT'),
  }
}
