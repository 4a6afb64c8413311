import dns from 'node:dns/promises'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { hashPassword } from '@hearthwatch/broker/passwd'
import type { Finding } from '@hearthwatch/doctor'
import { createLog } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { type Authority, createAuthority } from '@hearthwatch/testhouse/certificates'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { startBatchSensors } from '@hearthwatch/testhouse/sensors/batch-sensor'
import mqtt from 'mqtt'
import type { Patient } from '../../doctor/check.ts'
import { certificatesCheck } from '../../doctor/checks/certificates.ts'
import { clockCheck } from '../../doctor/checks/clock.ts'
import { deliveryCheck } from '../../doctor/checks/delivery.ts'
import { listenersCheck } from '../../doctor/checks/listeners.ts'
import { networkCheck } from '../../doctor/checks/network.ts'
import { sensorsCheck } from '../../doctor/checks/sensors.ts'
import { openOwnLogin } from '../../doctor/own-login.ts'
import { createPatient } from '../../doctor/patient.ts'
import { device, finds, live, patientIn, sound } from './house.ts'

const folder = mkdtempSync(join(tmpdir(), 'faults-'))
const brokerFiles = join(folder, 'mosquitto')
mkdirSync(join(brokerFiles, 'certs'), { recursive: true })
after(() => rmSync(folder, { recursive: true }))

const patient = (more: Partial<Patient> = {}, env: Record<string, string> = {}) => patientIn(folder, more, env)
const portOf = (server: Server) => (server.address() as AddressInfo).port

/** The numbers are those of the list of faults of real homes. */
describe('The doctor finds at the broker', need('mosquitto'), () => {
  let mosquitto: Mosquitto
  const acl = join(folder, 'acl')
  const passwords = (password: string) =>
    writeFileSync(join(brokerFiles, 'passwd'), ['monitor', 'ha', 'all'].map((user) => `${user}:${hashPassword(password)}\n`).join(''))
  before(async () => {
    writeFileSync(acl, 'user ha\ntopic readwrite device/#\ntopic readwrite monitor/status\n\nuser all\ntopic readwrite #\n')
    passwords('old')
    mosquitto = await startMosquitto({ config: [`password_file ${join(brokerFiles, 'passwd')}`, `acl_file ${acl}`] })
  })
  after(() => mosquitto.stop())

  const settings = (user: string, password: string) => ({
    MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
    ...{ MQTT_USERNAME: user, MQTT_PASSWORD: password },
  })
  /** The findings of the access list by a login of the doctor's own, which is tried once for both languages. */
  async function deliveryAs(user: string, password: string): Promise<(language: Patient['language']) => Promise<Finding[]> | Finding[]> {
    const { config } = patient({}, settings(user, password))
    const given: Partial<Patient> = await openOwnLogin(config, config.MQTT_URL ?? '').then(
      async (own) => {
        const [missing, all] = [await own.undelivered(), await own.mayDoAll()]
        await own.close()
        return { live: live({ undelivered: async () => missing, mayDoAll: async () => all }) }
      },
      (failure: Error) => ({ liveProblem: failure.message, isRefused: true }),
    )
    return (language) => deliveryCheck.run(patient({ language, ...given }, settings(user, password)))
  }

  it('1. a password that is new in the file, and the broker was not reloaded', async () => {
    passwords('new')
    await finds(await deliveryAs('monitor', 'new'), {
      ...{ id: 'login', what: /no connection to the broker/ },
      why: /not authorised.* The password file was changed at \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
      type: /docker compose kill -s HUP broker/,
    })
    passwords('old')
  })

  it('2. an access list without the room of a sensor', async () => {
    const about = { topic: 'home/garage/temperature', room: null, device: null, count: null, message: '' }
    const problems = () => [{ device: 'pi-3', problem: { problem: 'live-refused', ...about } as const }]
    await finds(
      (language) => sensorsCheck.run(patient({ language, database: { ...sound, devices: [device('pi-3')] }, live: live({ problems }) })),
      {
        ...{ id: 'sensors.live-refused', level: 'warning', what: /home\/garage\/temperature of pi-3 is not delivered/, why: /late/ },
        type: /setup -- sensor move pi-3 'garage'/,
      },
    )
  })

  it('3. an access list of others, without our topics, and one that grants everything', async () => {
    await finds(await deliveryAs('ha', 'old'), {
      ...{ id: 'delivery', what: /does not deliver home\/# to the monitor/, why: /access list does not grant/ },
      type: /topic readwrite home\/#/,
    })
    await finds(await deliveryAs('all', 'old'), {
      ...{ id: 'delivery.refusals', level: 'warning', what: /delivers a topic that the access list does not grant/ },
      ...{ why: /enforces no access list/, type: /npm run setup/ },
    })
  })

  it('11. a port that another program has', async () => {
    const env = { BROKER_PORT: String(mosquitto.port), BROKER_TLS_PORT: '0' }
    await finds((language) => listenersCheck.run(patient({ language }, env)), {
      ...{ id: 'listeners.taken', what: new RegExp(`port ${mosquitto.port} .* held by mosquitto \\(process ${mosquitto.pid}\\)`) },
      ...{ why: /MQTT_URL is not set/, type: /BROKER_PORT.*systemctl disable --now mosquitto/ },
    })
  })

  it('12. a broker that listens on this machine alone', async () => {
    const env = { BROKER_PORT: String(mosquitto.port), BROKER_TLS_PORT: '0' }
    await finds((language) => listenersCheck.run(patient({ language, isRunning: true }, env)), {
      ...{ id: 'listeners.local', level: 'warning', what: /127\.0\.0\.1 only/, why: /No sensor on another machine/, type: /listener 8883/ },
    })
  })

  it('13. two monitors with one client id, with the count, and with the addresses where our broker knows them', async () => {
    const lines: string[] = []
    // Of MQTT 3.1.1 no broker tells that the login was taken, and the monitor connects again soon.
    const monitor = await startTestMonitor(
      { ...settings('all', 'old'), MQTT_CLIENT_ID: 'hub', MQTT_VERSION: '3.1.1' },
      createLog('monitor', 'info', (line) => lines.push(line)),
    )
    const url = settings('all', 'old').MQTT_URL
    const ask = async (language: string) =>
      (await monitor.get<{ findings: Finding[] }>(`/api/doctor?needs=connection&language=${language}`)).findings
    const count = (what: RegExp) => lines.filter((line) => what.test(line)).length
    try {
      for (let taken = 1; taken <= 3; taken++) {
        await eventually(() => count(/ connected broker=/) === taken)
        // A connection that ends while it subscribes counts as a missing right, not as a takeover: all has to be subscribed.
        await eventually(async () => (await ask('en')).some(({ id, level }) => id === 'delivery' && level === 'ok'))
        const other = await mqtt.connectAsync(url, { clientId: 'hub', username: 'all', password: 'old', reconnectPeriod: 0 })
        await eventually(() => count(/not connected; retrying/) === taken)
        await other.endAsync(true)
      }
      await finds(ask, {
        ...{ id: 'login.taken', what: /login hub of the monitor was taken over 3 times within 10 minutes\.$/, why: /same client id/ },
        type: /grep 'as hub' .*mosquitto\.log/,
      })
    } finally {
      await monitor.close()
    }
    const takeovers = { count: 7, addresses: ['192.168.1.10', '192.168.1.20'] }
    await finds((language) => deliveryCheck.run(patient({ language, takeovers, isRefused: true })), {
      ...{ id: 'login.taken', what: /7 times within 10 minutes, by 192\.168\.1\.10, 192\.168\.1\.20/, why: /same client id/ },
      type: /setup -- sensor add/,
    })
  })
})

describe('The doctor finds on the way to the broker', () => {
  let authority: Authority
  const ca = join(folder, 'ca.crt')
  before(async () => {
    authority = await createAuthority('Hearthwatch')
    writeFileSync(ca, authority.certificate)
  })

  /** Examines a broker that shows a certificate for a host, which ends at a time from now. ms */
  async function network(host: string, ends: number, language: Patient['language'], given = authority): Promise<Finding[]> {
    const { certificate, key } = await given.issue(host, new Date(Date.now() + ends))
    const server = createTlsServer({ cert: certificate, key }, (socket) => socket.on('error', () => {}).end())
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const env = { MQTT_URL: `mqtts://127.0.0.1:${portOf(server)}`, MQTT_CA_FILE: ca }
    const found = await networkCheck.run(patient({ language, now: Date.now() }, env))
    server.close()
    return found
  }

  it('4. a certificate of another authority with the same name', async () => {
    const other = await createAuthority('Hearthwatch')
    await finds((language) => network('127.0.0.1', day, language, other), {
      ...{ id: 'tls', what: /certificate is refused/, type: /setup -- show ca > ca\.crt/ },
      why: /signed by Hearthwatch.*MQTT_CA_FILE is Hearthwatch \([0-9A-F:]{11}…\)/,
    })
  })

  it('5. an address that has changed, and is not in the certificate', async () => {
    await finds((language) => network('192.168.1.10', day, language), {
      ...{
        id: 'tls',
        what: /certificate is refused/,
        why: /for 192\.168\.1\.10, not for 127\.0\.0\.1/,
        type: /setup -- --host 127\.0\.0\.1/,
      },
    })
  })

  it('6. a certificate that ends soon, one that has ended, and an authority that ends with the sensors that need the next one', async () => {
    await finds((language) => network('127.0.0.1', 1.5 * day, language), {
      ...{ id: 'tls', level: 'warning', what: /expires on \d{4}-\d\d-\d\d/, why: /no program with TLS/, type: /setup -- renew/ },
    })
    await finds((language) => network('127.0.0.1', -day, language), {
      ...{ id: 'tls', what: /refused/, why: /expired on/, type: /setup -- renew/ },
    })
    const { certificate } = await authority.issue('hub.local', new Date(Date.now() + 1.5 * day))
    writeFileSync(join(brokerFiles, 'certs', 'server.crt'), certificate)
    writeFileSync(join(brokerFiles, 'certs', 'ca.crt'), authority.certificate)
    const certificates = (language: Patient['language']) =>
      certificatesCheck.run(patient({ language, now: Date.now(), database: { ...sound, devices: [device('pi-1'), device('pi-2')] } }))
    await finds(certificates, {
      ...{ id: 'certificates', level: 'warning', what: /ends in 1 days/, why: /the monitor included/, type: /setup -- renew/ },
    })
    await finds(certificates, {
      ...{ id: 'certificates.authority', level: 'warning', what: /authority of the certificates ends/, why: /pi-1, pi-2/, type: /ca\.crt/ },
    })
  })

  it('7. a clock that was never set', async () => {
    await finds((language) => clockCheck.run(patient({ language, now: Date.UTC(2020, 0, 1) })), {
      ...{ id: 'clock', what: /never set: it shows 2020-01-01/, why: /Certificates are refused/, type: /timedatectl/ },
    })
    await finds((language) => network('127.0.0.1', 3 * day, language), {
      ...{ id: 'tls', what: /refused/, why: /valid from .* the clock of this machine shows/, type: /./ },
    })
  })

  it('9. a name in .local within a container', async () => {
    const env = { MQTT_URL: 'mqtt://hub-that-is-not-there.local' }
    await finds((language) => networkCheck.run(patient({ language, isContained: true }, env)), {
      ...{ id: 'dns', what: /hub-that-is-not-there\.local is not known/, why: /containers do not resolve/, type: /MQTT_URL.*extra_hosts/ },
    })
  })

  it('10. localhost with two addresses: each with its answer, and one that answers is enough', async (t) => {
    t.mock.method(dns, 'lookup', async () => [
      { address: '127.0.0.2', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ])
    syncBuiltinESMExports()
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const env = { MQTT_URL: `mqtt://localhost:${portOf(server)}` }
    try {
      const good = await networkCheck.run(patient({}, env))
      t.assert.match(good.find(({ id }) => id === 'tcp')?.what ?? '', /listens on 127\.0\.0\.1:\d+\.$/)
      server.close()
      await finds((language) => networkCheck.run(patient({ language }, env)), {
        ...{ id: 'tcp', what: /does not answer on localhost/, type: /MQTT_URL/ },
        why: /127\.0\.0\.2: No program listens.* 127\.0\.0\.1: No program listens/,
      })
    } finally {
      t.mock.reset()
      syncBuiltinESMExports()
    }
  })
})

describe('The doctor finds of sensors', () => {
  it('14. a cloned card: one id with two outboxes', async () => {
    const house = await startBatchSensors()
    try {
      const sensor = await house.sensor('kitchen')
      await sensor.send(sensor.batch(1, [20, 21]))
      sensor.epoch = 'fedcba9876543210'
      await sensor.send(sensor.batch(1, [22, 23]))
      const examine = (language: Patient['language']) => {
        const { config } = house.monitor
        return sensorsCheck.run(createPatient({ ...patient({ language }), now: Date.now(), config }, false))
      }
      await finds(examine, {
        ...{ id: 'sensors.cloned', level: 'warning', what: /pi-1 sends from 2 outboxes/, why: /copy of one card/, type: /sensor add/ },
      })
    } finally {
      await house.monitor.close()
    }
  })
})
