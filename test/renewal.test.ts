import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import type { Alert } from '@hearthwatch/api/alerts'
import { createLog } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { runSetup } from '../apps/cli/command.ts'
import { openClone } from '../apps/cli/installation/clone.ts'
import { openContainers } from '../apps/cli/installation/containers.ts'
import { renewCertificates } from '../apps/monitor/nightly/renew-certificates.ts'

/** A broker's certificate is valid for 825 days, so this one ends in 25. */
const longAgo = () => Date.now() - 800 * day

async function folder(t?: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'renewal-'))
  t?.after(() => rm(dir, { recursive: true }))
  return dir
}

const daysLeft = (pem: string) => (new X509Certificate(pem).validToDate.getTime() - Date.now()) / day

/** One night of the monitor with these files of the broker. @returns its lines */
async function night(brokerFiles: string): Promise<string> {
  let lines = ''
  const log = createLog('night', 'info', (line) => {
    lines += line
  })
  await renewCertificates({ brokerFiles, now: Date.now, log, signal: new AbortController().signal })
  return lines
}

describe('The certificate of a broker that ends within 30 days', need('mosquitto'), () => {
  let dir: string
  let mosquitto: Mosquitto
  const read = (file: string) => readFile(join(dir, 'mosquitto', file), 'utf8')
  before(async () => {
    dir = await folder()
    await (await openClone(dir)).make({ own: [{ id: 'pi-1', room: 'kitchen' }], hosts: ['hub.home.example'] }, longAgo())
    const file = (name: string) => join(dir, 'mosquitto', name)
    const tls = [`certfile ${file('certs/server.crt')}`, `keyfile ${file('certs/server.key')}`]
    mosquitto = await startMosquitto({ config: ['allow_anonymous false', `password_file ${file('passwd')}`, ...tls] })
  })
  after(async () => {
    await mosquitto?.stop()
    await rm(dir, { recursive: true })
  })

  it('is renewed in the night, for the same names and by the same authority; the running Mosquitto shows it', async () => {
    const before = {
      key: await read('certs/server.key'),
      authority: await read('certs/ca.crt'),
      certificate: await read('certs/server.crt'),
    }
    assert.ok(daysLeft(before.certificate) < 26)
    assert.match(await night(join(dir, 'mosquitto')), /certificates of the broker are renewed files=mosquitto\/certs\/server\.crt/)
    const certificate = await read('certs/server.crt')
    assert.ok(daysLeft(certificate) > 800)
    assert.equal(new X509Certificate(certificate).subjectAltName, new X509Certificate(before.certificate).subjectAltName)
    assert.deepEqual([await read('certs/server.key'), await read('certs/ca.crt')], [before.key, before.authority])
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const socket: TLSSocket = connect(
          { port: mosquitto.port, host: '127.0.0.1', ca: before.authority, servername: 'hub.home.example' },
          () => {
            resolve(socket.getPeerX509Certificate()?.serialNumber ?? '')
            socket.destroy()
          },
        )
        socket.on('error', reject)
      })
    await eventually(async () => (await shown()) === new X509Certificate(certificate).serialNumber)
  })

  it('is left alone in the nights after', async () => {
    const before = await read('certs/server.crt')
    assert.equal(await night(join(dir, 'mosquitto')), '')
    const { code, output } = await runSetup(['renew', '--json', '--dir', dir])
    assert.deepEqual([code, JSON.parse(output)], [0, { renewed: [], commands: [] }])
    assert.equal(await read('certs/server.crt'), before)
  })
})

describe('A renewal', () => {
  it('does nothing where setup has made no certificate', async (t) => {
    const dir = await folder(t)
    assert.equal(await night(join(dir, 'mosquitto')), '')
    const { code, errors } = await runSetup(['renew', '--dir', dir])
    assert.deepEqual([code, errors], [1, 'mosquitto/certs/server.crt does not exist; npm run setup creates it.\n'])
  })

  it('that lacks the key of the authority is logged with its reason and the date', async (t) => {
    const dir = await folder(t)
    await (await openClone(dir)).make({ own: [], hosts: [] }, longAgo())
    await rm(join(dir, 'mosquitto/certs/ca.key'))
    assert.match(
      await night(join(dir, 'mosquitto')),
      /ERROR.*ends soon and cannot be renewed ends=\d{4}-\d\d-\d\d why=.*ca\.key is missing/,
    )
  })

  it('in containers renews the file of the broker, and its authority is handed to the others', async (t) => {
    const root = await folder(t)
    const services = [{ id: 'sensor-1', room: 'kitchen' }]
    for (const volume of ['house', 'broker', 'monitor', 'sensor-1']) await mkdir(join(root, volume))
    const installation = openContainers(root, services, {})
    await installation.make({ own: [], hosts: [] }, longAgo())
    const { code, output } = await runSetup(['compose', 'renew', '--dir', root, '--sensor', 'sensor-1', '--room', 'kitchen'])
    assert.equal(code, 0)
    assert.match(output, /^renewed {3}broker\/server\.crt {2}the broker, valid until/m)
    assert.ok(daysLeft(await readFile(join(root, 'broker/server.crt'), 'utf8')) > 800)
  })

  it('that nobody makes is an alert three weeks before the end, until there is a new certificate', async (t) => {
    const [dir, fresh] = [await folder(t), await folder(t)]
    await (await openClone(dir)).make({ own: [], hosts: [] }, Date.now() - 806 * day)
    await (await openClone(fresh)).make({ own: [], hosts: [] }, Date.now())
    const house = await startTestMonitor()
    t.after(() => house.close())
    const give = async (from: string) => {
      await mkdir(join(house.folder, 'mosquitto/certs'), { recursive: true })
      // Without the key of the authority.
      for (const file of ['ca.crt', 'server.crt'])
        await copyFile(join(from, 'mosquitto/certs', file), join(house.folder, 'mosquitto/certs', file))
      await house.restart()
    }
    const alert = async (state: string) =>
      (await house.get<Alert[]>(`/api/alerts?state=${state}`)).find(({ rule }) => rule === 'certificate')
    await give(dir)
    const firing = await eventually(() => alert('firing'))
    assert.match(firing.message, /certificate ends on \d{4}-\d\d-\d\d/)
    await give(fresh)
    await eventually(() => alert('resolved'))
  })

  it('takes no other argument', async () => {
    const { code, errors } = await runSetup(['renew', 'everything'])
    assert.equal(code, 2)
    assert.match(errors, /renew accepts no other argument/)
  })
})
