import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import type { Finding } from '@hearthwatch/doctor'
import { silent } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { type Authority, createAuthority } from '@hearthwatch/testhouse/certificates'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startSensor } from '../../agent.ts'
import { doctor } from '../../commands/doctor.ts'
import { readConfig } from '../../config.ts'
import { makeTree, plugW1, type Tree } from '../probes/tree.ts'

let tree: Tree
beforeEach(() => {
  tree = makeTree()
  plugW1(tree, '28-0316a1b2c3d4', '21437\n')
})
afterEach(() => tree.end())

const settings = (more: Record<string, string> = {}) => ({
  SENSOR_ID: 'pi-1',
  ROOM: 'kitchen',
  SYSFS_ROOT: tree.root,
  OUTBOX_DIR: join(tree.root, 'outbox'),
  MQTT_URL: 'mqtt://127.0.0.1:1',
  ...more,
})
const examine = (more?: Record<string, string>) => doctor(settings(more), [])
const portOf = (server: Server) => (server.address() as AddressInfo).port
const of = (findings: readonly Finding[], id: string) => findings.filter((finding) => finding.id === id)
const levels = (findings: readonly Finding[]) => Object.fromEntries(findings.map(({ id, level }) => [id, level]))

describe('the doctor of a sensor', () => {
  it('names all invalid settings in one finding, and skips the rest', async () => {
    const findings = await doctor({ ROOM: 'a/b', PROBE: 'x' }, [])
    assert.match(of(findings, 'settings')[0]?.why ?? '', /ROOM must.*PROBE must/s)
    assert.deepEqual([...new Set(findings.slice(1).map(({ level }) => level))], ['skipped'])
  })

  it('has what, why and a remedy for each error, in both languages', async () => {
    for (const UI_LANGUAGE of ['en', 'zh-TW']) {
      const errors = (await examine({ UI_LANGUAGE, PROBE: 'cpu' })).filter(({ level }) => level === 'error')
      assert.deepEqual(
        errors.map(({ id }) => id),
        ['tcp', 'probes'],
      )
      for (const finding of errors) {
        for (const text of [finding.what, finding.why, finding.do])
          assert.equal(/\p{Script=Han}/u.test(text), UI_LANGUAGE === 'zh-TW', text)
      }
    }
  })

  it('reports a host that is not known, and a port without a program', async () => {
    assert.deepEqual(levels(await examine({ MQTT_URL: 'mqtt://nowhere.invalid' })).dns, 'error')
    const { dns, tcp, tls, login, topics } = levels(await examine())
    assert.deepEqual({ dns, tcp, tls, login, topics }, { dns: 'ok', tcp: 'error', tls: 'skipped', login: 'skipped', topics: 'skipped' })
  })

  it('makes no folder for the outbox, and reports one that cannot be made', async () => {
    const findings = await examine()
    assert.equal(of(findings, 'outbox')[0]?.level, 'ok')
    writeFileSync(join(tree.root, 'file'), '')
    for (const OUTBOX_DIR of ['/proc/outbox', join(tree.root, 'file', 'outbox')])
      assert.equal(of(await examine({ OUTBOX_DIR }), 'outbox')[0]?.level, 'error', OUTBOX_DIR)
  })

  it('24. (faults of real homes) tells how to switch 1-wire on, and that 85.0 °C is no temperature', async () => {
    const empty = makeTree()
    const [none] = of(await examine({ SYSFS_ROOT: empty.root }), 'probes')
    empty.end()
    assert.deepEqual([none?.level, none?.what], ['error', 'No probe was found (PROBE=auto).'])
    assert.match(none?.do ?? '', /dtoverlay=w1-gpio.*config\.txt.*sudo reboot/)
    plugW1(tree, '28-000000000085', '85000\n')
    const powerOn = of(await examine(), 'probes').find(({ what }) => what.includes('28-000000000085'))
    assert.deepEqual([powerOn?.level, powerOn?.why], ['warning', 'gives its power-on value of 85 °C'])
    assert.match(powerOn?.do ?? '', /wiring/)
  })

  it('reports a probe that gives no value, and one of PROBES that is missing', async () => {
    plugW1(tree, '28-000000000002', '')
    const probes = of(await examine({ PROBES: 'w1-28-0316a1b2c3d4=冰箱 w1-28-000000000003=attic' }), 'probes')
    assert.deepEqual(
      probes.map(({ level }) => level),
      ['ok', 'warning', 'warning'],
    )
    assert.match(probes.map(({ what }) => what).join('\n'), /冰箱: 21\.437 °C[\s\S]*w1-28-000000000002[\s\S]*w1-28-000000000003/)
  })

  describe('with a broker that speaks TLS', () => {
    let authority: Authority
    let server: Server | undefined
    before(async () => {
      authority = await createAuthority('house')
    })
    afterEach(() => void server?.close())

    /** The finding about the certificate. @param ends its end; it begins two days before */
    async function tlsOf(host: string, ends: number, given = authority): Promise<Finding | undefined> {
      const { certificate, key } = await authority.issue(host, new Date(Date.now() + ends))
      const own = createTlsServer({ cert: certificate, key }, (socket) => socket.on('error', () => {}).end())
      server = own
      own.on('tlsClientError', () => {})
      await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
      const ca = join(tree.root, 'ca.crt')
      writeFileSync(ca, given.certificate)
      const MQTT_URL = `mqtts://127.0.0.1:${portOf(own)}`
      const findings = await examine({ MQTT_URL, MQTT_CA_FILE: ca })
      own.close()
      return of(findings, 'tls')[0]
    }

    it('explains a certificate from tomorrow, an expired one, another name and another authority', async () => {
      const early = await tlsOf('127.0.0.1', 3 * day)
      assert.deepEqual([early?.level, /valid from .* the clock of this machine shows/.test(early?.why ?? '')], ['error', true])
      assert.match((await tlsOf('127.0.0.1', -day))?.why ?? '', /expired on/)
      assert.match((await tlsOf('hearth.home', day))?.why ?? '', /It is for hearth\.home, not for 127\.0\.0\.1/)
      assert.match((await tlsOf('127.0.0.1', day, await createAuthority('stranger')))?.why ?? '', /MQTT_CA_FILE/)
      assert.equal((await tlsOf('127.0.0.1', day))?.level, 'warning', 'it expires soon')
    })

    it('explains a server that does not speak TLS', async () => {
      server = createTcpServer((socket) => socket.end('hello\r\n').on('error', () => {}))
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
      const findings = await examine({ MQTT_URL: `mqtts://127.0.0.1:${portOf(server)}` })
      assert.match(of(findings, 'tls')[0]?.why ?? '', /does not speak TLS/)
    })
  })

  describe('with a monitor’s broker', () => {
    let house: TestMonitor
    before(async () => {
      house = await startTestMonitor()
      await house.addLogin('pi-1', 'kitchen')
    })
    after(() => house.close())
    const broker = (more: Record<string, string> = {}) => ({
      MQTT_URL: `mqtt://127.0.0.1:${house.brokerPort}`,
      MQTT_USERNAME: 'pi-1',
      MQTT_PASSWORD: 'let me in',
      ...more,
    })

    it('finds all well, and leaves the status as it is', async () => {
      const findings = await examine(broker())
      assert.deepEqual(
        findings.filter(({ level, id }) => level !== 'ok' && id !== 'clock' && id !== 'tls'),
        [],
      )
      assert.deepEqual(await house.get('/api/alerts'), [])
      assert.ok(!(await house.get<{ status: string }[]>('/api/devices')).some(({ status }) => status === 'online'))
    })

    it('reports a wrong password', async () => {
      const { login, topics } = levels(await examine(broker({ MQTT_PASSWORD: 'wrong' })))
      assert.deepEqual({ login, topics }, { login: 'error', topics: 'skipped' })
    })

    it('reports a room in which the sensor may not publish', async () => {
      const findings = await examine(broker({ ROOM: 'attic' }))
      const { login, topics } = levels(findings)
      assert.deepEqual({ login, topics }, { login: 'ok', topics: 'error' })
      assert.match(of(findings, 'topics')[0]?.do ?? '', /setup -- sensor move pi-1 'attic'/)
    })

    it('reports a connection that another program ends meanwhile', async () => {
      const findings = await Promise.all([1, 2, 3].map(() => examine(broker())))
      assert.ok(
        findings.some((one) => of(one, 'topics')[0]?.level === 'ok'),
        JSON.stringify(findings),
      )
      for (const one of findings) assert.notEqual(levels(one).topics, undefined)
    })

    it('does not disturb a running sensor', async () => {
      mkdirSync(join(tree.root, 'outbox'))
      const sensor = await startSensor(readConfig(settings(broker({ READ_INTERVAL: '0.1' })), []), silent)
      try {
        const client = await house.client()
        const seen: string[] = []
        client.on('message', (_topic, payload) => void seen.push(payload.toString()))
        await client.subscribeAsync('home/kitchen/sensor/status')
        while (!seen.includes('online')) await new Promise((resolve) => client.once('message', resolve))
        const { login, topics } = levels(await examine(broker()))
        assert.deepEqual({ login, topics }, { login: 'skipped', topics: 'skipped' })
        assert.ok(!seen.slice(seen.indexOf('online')).includes('offline'))
      } finally {
        await sensor.close()
      }
    })
  })
})
