import assert from 'node:assert/strict'
import { appendFile, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { readEnv } from '@hearthwatch/settings'
import { clusterBrokerNames } from '../../cluster/registry.ts'
import { runSetup as setup } from '../../command.ts'
import { contents, temporaryFolder } from '../temporary-folder.ts'

describe('setup cluster', () => {
  let dir: string
  before(async () => {
    dir = await temporaryFolder()
    await setup(['--dir', dir, '--sensor', 'pi-1', '--room', 'kitchen'])
    await setup(['--dir', dir, 'device', 'add', 'larder', '--kind', 'tasmota', '--here'])
  })
  after(() => rm(dir, { recursive: true }))
  const cluster = (...args: string[]) => setup(['--dir', dir, 'cluster', ...args])
  const made = (broker: string) => join(dir, 'cluster/made', broker)

  for (const broker of clusterBrokerNames) {
    it(`${broker} writes files that a second run leaves unchanged`, async () => {
      const { code, output, errors } = await cluster(broker)
      assert.equal(code, 0, errors)
      assert.match(output, /made /)
      const then = await contents(dir)
      assert.match((await cluster(broker)).output, /^(?: {2}kept .*\n)+\n/)
      assert.deepEqual(await contents(dir), then)
    })

    it(`${broker} writes no password for other users to read`, async () => {
      const { MQTT_PASSWORD = '' } = readEnv(await readFile(join(dir, '.env'), 'utf8'))
      const { output } = await cluster(broker, '--json')
      assert.ok(!output.includes(MQTT_PASSWORD))
      for (const [file, { text, mode }] of Object.entries(await contents(made(broker))))
        if (text.includes(MQTT_PASSWORD)) assert.equal(mode, '0600', file)
    })
  }

  it('rabbitmq knows the monitor, the guest, sensors and devices, and the chosen nodes', async () => {
    assert.equal((await cluster('rabbitmq', '--host', 'mq1', '--host', 'mq2')).code, 0)
    const definitions = JSON.parse(await readFile(join(made('rabbitmq'), 'definitions.json'), 'utf8'))
    assert.deepEqual(
      definitions.users.map(({ name }: { name: string }) => name),
      ['guest', 'larder', 'monitor', 'pi-1', 'balancer'],
    )
    assert.equal((await stat(join(made('rabbitmq'), 'definitions.json'))).mode & 0o777, 0o600)
    const conf = await readFile(join(made('rabbitmq'), 'rabbitmq.conf'), 'utf8')
    assert.match(conf, /nodes\.1 = rabbit@mq1\n.*nodes\.2 = rabbit@mq2\n#/)
  })

  it('rabbitmq uses TOPIC_PREFIX of the monitor', async () => {
    const out = join(dir, 'prefixed')
    await appendFile(join(dir, '.env'), 'TOPIC_PREFIX=site-7/\n')
    await cluster('rabbitmq', '--out', out)
    assert.match(await readFile(join(out, 'definitions.json'), 'utf8'), /"\^\(\?:site-7\\\\\.home/)
  })

  it('rabbitmq lets the balancer require client certificates where the house does', async () => {
    const own = await temporaryFolder()
    await appendFile(join(own, '.env'), 'BROKER_CLIENT_CERTIFICATES=required\n')
    await setup(['--dir', own, '--sensor', 'pi-1', '--room', 'kitchen'])
    assert.equal((await setup(['--dir', own, 'cluster', 'rabbitmq'])).code, 0)
    const read = (file: string) => readFile(join(own, file), 'utf8')
    const conf = await read('cluster/made/rabbitmq/haproxy.cfg')
    assert.deepEqual(conf.match(/^ {4}bind .*$/gm), [
      '    bind 127.0.0.1:1883',
      '    bind :8883 ssl crt /usr/local/etc/haproxy/server.pem ssl-min-ver TLSv1.2 ca-file /usr/local/etc/haproxy/clients-ca.crt crl-file /usr/local/etc/haproxy/clients.crl verify required',
    ])
    for (const file of ['clients-ca.crt', 'clients.crl'])
      assert.equal(await read(`cluster/made/rabbitmq/${file}`), await read(`mosquitto/certs/${file}`))
    await rm(own, { recursive: true })
  })

  it('names the users of the password file whose passwords it does not know', async () => {
    await appendFile(join(dir, 'mosquitto/passwd'), `phone:${hashPassword('secret')}\n`)
    assert.match((await cluster('rabbitmq')).output, /hashes of their passwords: phone\./)
    assert.deepEqual(JSON.parse((await cluster('rabbitmq', '--json')).output).left, ['phone'])
  })

  it('refuses an unknown broker, another option, and a house without logins', async () => {
    for (const args of [[], ['mosquitto'], ['rabbitmq', 'more'], ['rabbitmq', '--kind', 'script'], ['rabbitmq', '--host', 'a b']])
      assert.equal((await cluster(...args)).code, 2, args.join(' '))
    const empty = await temporaryFolder()
    const { code, errors } = await setup(['--dir', empty, 'cluster', 'rabbitmq'])
    assert.deepEqual([code, errors], [1, '.env does not exist; npm run setup creates it.\n'])
    await rm(empty, { recursive: true })
  })
})
