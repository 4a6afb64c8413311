import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { clusterBrokers } from '../../apps/cli/cluster/registry.ts'

interface Service {
  image?: string
  hostname?: string
  entrypoint?: string[]
  environment?: Record<string, string>
  command?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
}

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const { services } = parse(read('cluster/docker-compose.yml'), { merge: true }) as { services: Record<string, Service> }
const nodes = Object.entries(services).filter(([, { image = '' }]) => image.startsWith('rabbitmq:'))

describe('cluster/docker-compose.yml', async () => {
  const names = nodes.map(([name]) => name)
  const files = await clusterBrokers.rabbitmq.files({
    acl: { users: new Map(), patterns: [] },
    ...{ logins: [], prefix: '', certificate: 'certificate', secret: () => 'secret' },
    nodes: ['broker-1', 'broker-2', 'broker-3'],
  })
  const textOf = (file: string) => files.find(({ name }) => name === file)?.text ?? ''

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
