import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import type { House } from '../../apps/cli/cluster/broker.ts'
import { clusterBrokers } from '../../apps/cli/cluster/registry.ts'

interface Service {
  image?: string
  hostname?: string
  restart?: string
  entrypoint?: string[]
  environment?: Record<string, string>
  command?: string[]
  volumes?: string[]
  ports?: string[]
  depends_on?: Record<string, { condition: string }>
}

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const { services } = parse(read('cluster/docker-compose.yml'), { merge: true }) as { services: Record<string, Service> }
const nodes = Object.entries(services).filter(([, { image = '' }]) => image.startsWith('rabbitmq:'))

describe('cluster/docker-compose.yml', async () => {
  const names = nodes.map(([name]) => name)
  const house: House = {
    acl: { users: new Map(), patterns: [] },
    ...{ logins: [], prefix: '', certificate: 'certificate', clients: null, secret: () => 'secret' },
    nodes: ['broker-1', 'broker-2', 'broker-3'],
  }
  const files = await clusterBrokers.rabbitmq.files(house)
  const textOf = (file: string) => files.find(({ name }) => name === file)?.text ?? ''

  it('starts a node again that has ended itself', () => {
    for (const [name, { restart }] of nodes) assert.equal(restart, 'unless-stopped', name)
  })

  it('runs the nodes that the files of setup name, each under its own name and with its own data', () => {
    assert.deepEqual(names, ['broker-1', 'broker-2', 'broker-3'])
    for (const [name, { hostname, volumes = [] }] of nodes) {
      assert.equal(hostname, name)
      assert.ok(volumes.includes(`${name}-data:/var/lib/rabbitmq`))
      assert.match(textOf('rabbitmq.conf'), new RegExp(`= rabbit@${name}$`, 'm'))
      assert.match(textOf('haproxy.cfg'), new RegExp(`server ${name} ${name}:1883$`, 'm'))
    }
  })

  it('makes these files by setup, and copies each to the place that the image expects', () => {
    assert.deepEqual([services.setup?.environment, services.renewal?.environment], [{ CLUSTER: 'rabbitmq' }, { CLUSTER: 'rabbitmq' }])
    const script = read('cluster/rabbitmq/start.sh')
    for (const { name } of files.filter(({ name }) => !/^(?:haproxy|server|users)/.test(name)))
      assert.ok(script.includes(` ${name} `), name)
    assert.match(textOf('rabbitmq.conf'), /^load_definitions = \/etc\/rabbitmq\/definitions\.json$/m)
    assert.ok(services.balancer?.volumes?.includes('cluster-files:/usr/local/etc/haproxy:ro'))
    assert.match(textOf('haproxy.cfg'), /crt \/usr\/local\/etc\/haproxy\/server\.pem/)
  })

  it('publishes the port that requires certificates where the house does, and keeps 8883 for its own services', async () => {
    assert.ok(services.balancer?.ports?.some((port) => port.endsWith(`:\${BROKER_CLIENT_CERTIFICATES:+1}8883`)))
    const strict = await clusterBrokers.rabbitmq.files({ ...house, clients: { authorities: 'a', revoked: 'b', port: 18883 } })
    const ports = strict.find(({ name }) => name === 'haproxy.cfg')?.text.match(/^ {4}bind .*$/gm)
    assert.deepEqual(
      ports?.map((line) => [/:(\d+)/.exec(line)?.[1], line.includes('verify required')]),
      [
        ['1883', false],
        ['8883', false],
        ['18883', true],
      ],
    )
  })

  it('admits clients when all nodes are there, because a session has its copies on those', () => {
    assert.deepEqual(
      names.map((name) => services.balancer?.depends_on?.[name]?.condition),
      names.map(() => 'service_healthy'),
    )
  })

  it('names a version of each image', () => {
    for (const { image } of Object.values(services)) if (image !== undefined) assert.match(image, /:[\d.]+$/)
  })

  it('gives Grafana the database under the name that the dashboard asks for', () => {
    const { datasources } = parse(read('cluster/grafana/datasource.yml'))
    assert.ok(services.grafana?.entrypoint?.[2]?.includes(`$\${DS_HEARTHWATCH}/${datasources[0].uid}/`))
    const asked = [...read('docs/grafana-sites.json').matchAll(/"uid": "(\$\{.+\})"/g)].map(([, uid]) => uid)
    assert.deepEqual([...new Set(asked)], [`\${DS_HEARTHWATCH}`])
  })
})
