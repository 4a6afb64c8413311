import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Problem } from '@hearthwatch/api/devices'
import { type Finding, listeners, unitOf } from '@hearthwatch/doctor'
import { hour } from '@hearthwatch/protocol/durations'
import { startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { Patient } from '../../doctor/check.ts'
import { channelsCheck } from '../../doctor/checks/channels.ts'
import { databaseCheck } from '../../doctor/checks/database.ts'
import { limitsCheck } from '../../doctor/checks/limits.ts'
import { sensorsCheck } from '../../doctor/checks/sensors.ts'
import { isKnown, settingsCheck } from '../../doctor/checks/settings.ts'
import { versionsCheck } from '../../doctor/checks/versions.ts'
import { examine } from '../../doctor/examine.ts'
import { createPatient } from '../../doctor/patient.ts'
import { openStore } from '../../store/store.ts'
import { bad, device, live, patientIn, sound } from './house.ts'

const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
after(() => rmSync(folder, { recursive: true }))

const patient = (more: Partial<Patient> = {}, env: Record<string, string> = {}) => patientIn(folder, more, env)
const text = (findings: readonly Finding[]) =>
  bad(findings)
    .map((finding) => `${finding.what} · ${finding.why} · ${finding.do}`)
    .join('\n')

const about = { topic: 'home/garage/temperature', room: 'garage', device: 'pi-2', count: 3, message: '' }
const allProblems = Problem.properties.problem.enum.map((problem) => ({ device: 'pi-1', problem: { problem, ...about } }))

describe('The doctor', () => {
  it('has what, why and a remedy for each fault, in both languages', async () => {
    for (const language of ['en', 'zh-TW'] as const) {
      const devices = [device('a', { skew: hour, outboxes: 2 }), device('b', {}, { version: '0.9.0' })]
      const database = { ...sound, faults: 'row 3 is missing', future: 12, devices }
      const found = await examine(patient({ language, database, live: live({ problems: () => allProblems }), isRunning: true }))
      assert.ok(bad(found).length >= 13)
      for (const finding of bad(found)) {
        assert.ok(finding.what !== '' && finding.why !== '' && finding.do !== '', JSON.stringify(finding))
        assert.equal(/\p{Script=Han}/u.test(finding.what), language === 'zh-TW', finding.what)
      }
    }
  })

  it('has a test for each of the 25 faults of real homes, by its number', () => {
    const files = ['faults-broker.test.ts', 'faults-machine.test.ts', '../../../sensor/test/commands/doctor.test.ts']
    const titles = files.flatMap((file) => readFileSync(join(import.meta.dirname, file), 'utf8').match(/(?<= it\(')\d+(?=\. )/g) ?? [])
    assert.deepEqual(
      titles.map(Number).sort((a, b) => a - b),
      Array.from({ length: 25 }, (_, i) => i + 1),
    )
  })

  it('reports a check that throws as not done', async () => {
    const broken = { id: 'broken', needs: 'machine', run: () => Promise.reject(new Error('no such file')) } as const
    const [finding] = await examine(patient(), [broken])
    assert.deepEqual([finding?.id, finding?.level, finding?.why], ['broken', 'skipped', 'no such file'])
  })

  it('names the command of the Debian package as the remedy where the monitor is installed', async () => {
    const check = {
      id: 'any',
      needs: 'machine',
      run: () => [
        { id: 'any', level: 'error', what: '-', why: '-', do: 'npm start, then sudo npm run setup -- mosquitto, or npm run backup' },
      ],
    } as const
    const [finding] = await examine(patient({}, { HEARTHWATCH_INSTALLED: 'yes' }), [check as never])
    assert.equal(
      finding?.do,
      'sudo systemctl start hearthwatch-monitor, then sudo hearthwatch-monitor setup mosquitto, or sudo hearthwatch-monitor backup',
    )
    const [other] = await examine(patient(), [check as never])
    assert.match(other?.do ?? '', /^npm start/)
  })
})

describe('The doctor finds in the settings', () => {
  const file = join(folder, 'env')
  const examineFile = async (lines: string) => {
    writeFileSync(file, lines, { mode: 0o600 })
    return settingsCheck.run(patient({ files: [file] }))
  }

  it('no fault in those of setup, of Compose and of a sensor', async () => {
    assert.deepEqual(bad(await examineFile("DASHBOARD_PASSWORD='a$b'\nMQTT_PASSWORD_FILE=/run/x\nROOM=kitchen\nPAGE_BIND=0.0.0.0\n")), [])
  })

  it('no fault in a name that a file of Compose reads from .env', () => {
    const root = join(import.meta.dirname, '../../../..')
    const files = [
      'docker-compose.yml',
      'cluster/docker-compose.yml',
      ...readdirSync(join(root, 'compose')).map((file) => `compose/${file}`),
    ]
    const read = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name = '']) => name),
    )
    assert.ok(read.includes('GRAFANA_PORT'))
    assert.deepEqual(
      read.filter((name) => !isKnown(name)),
      [],
    )
  })

  it('a file with passwords that others can read', async () => {
    await examineFile('API_TOKEN=x\n')
    chmodSync(file, 0o644)
    assert.match(text(await settingsCheck.run(patient({ files: [file] }))), /mode 644.*chmod 600/)
  })
})

describe('The doctor finds of the database', () => {
  it('a database that is damaged, newer than the program, or no database', () => {
    mkdirSync(join(folder, 'data'), { recursive: true })
    const file = join(folder, 'data', 'house.db')
    writeFileSync(file, 'a letter to grandmother, which is no database at all')
    const read = createPatient(patient(), true)
    assert.match(text(databaseCheck.run(read) as Finding[]), /cannot be read\. · file is not a database/)
    rmSync(file)
    openStore(file, []).close()
    assert.deepEqual(bad(databaseCheck.run(createPatient(patient(), true)) as Finding[]), [])
    const run = (more: object) => text(databaseCheck.run(patient({ database: { ...sound, ...more } })) as Finding[])
    assert.match(run({ faults: 'wrong # of entries in index' }), /damaged\. · wrong # of entries.*restore -- --from-damaged/)
    assert.match(run({ schema: 9, ownSchema: 8 }), /newer Hearthwatch.*schema 9; this one knows 8/)
  })
})

describe('The doctor finds of sensors', () => {
  it('two sensors on one status topic or one topic, conflicts, and retained messages of unknown devices', async () => {
    const topic = 'home/kitchen/temperature'
    const devices = ['pi-1', 'pi-2'].map((id) =>
      device(id, {}, { status: 'home/kitchen/sensor/status', readings: [{ key: 'temperature', topic }] }),
    )
    const about = { topic: null, room: null, device: null, count: 7, addresses: ['10.0.0.5', '10.0.0.6'], message: '' }
    const problems = () => [{ device: 'pi-2', problem: { problem: 'taken-over', ...about } as const }]
    const retained = async () => ['device/pi-1/info', 'device/gone/info', 'home/kitchen/temperature']
    const found = text(await sensorsCheck.run(patient({ database: { ...sound, devices }, live: live({ problems, retained }) })))
    assert.match(found, /pi-1, pi-2 have one status topic.*STATUS_TOPIC=device\/\{id\}\/status/)
    assert.match(found, /pi-1, pi-2 announce the same topic/)
    assert.match(found, /login of pi-2 was taken over 7 times within 10 minutes, from 10\.0\.0\.5, 10\.0\.0\.6/)
    assert.match(found, /unknown devices: 1 \(device\/gone\/info\).*mosquitto_pub -r -n -t 'device\/gone\/info'/)
  })

  it('a sensor with another version', async () => {
    const devices = [device('pi-1', {}, { version: '0.8.0' }), device('pi-2')]
    assert.match(text(await versionsCheck.run(patient({ database: { ...sound, devices } }))), /pi-1 \(0\.8\.0\)/)
  })

  it('messages that the broker has dropped', async () => {
    const figures = async () =>
      new Map([
        ['version', 'mosquitto version 2.0.18'],
        ['publish/messages/dropped', '42'],
      ])
    assert.match(text(await limitsCheck.run(patient({ live: live({ figures }) }))), /dropped 42 messages.*max_queued_messages/)
  })
})

describe('The doctor finds of the machine', () => {
  it('which ports are open to the network', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1883        0 4711 1',
      '   1: 00000000:22B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1883        0 4712 1',
      '   2: 0100007F:1F90 0100007F:9999 01 00000000',
    ].join('\n')
    assert.deepEqual(
      listeners((name) => (name.endsWith('tcp') ? table : '')),
      [
        { port: 1883, isLocal: true, inode: '4711' },
        { port: 8883, isLocal: false, inode: '4712' },
      ],
    )
  })

  it('the unit or container of a process, and none for one of a terminal', () => {
    assert.equal(unitOf('0::/system.slice/hearthwatch.service\n'), 'hearthwatch.service')
    assert.equal(unitOf('0::/system.slice/docker-4af2.scope\n'), 'docker-4af2.scope')
    assert.equal(unitOf('0::/user.slice/user-1000.slice/session-3.scope\n'), null)
  })
})

describe('The doctor finds of channels', () => {
  let inbox: Awaited<ReturnType<typeof startInbox>>
  before(async () => {
    inbox = await startInbox()
  })
  after(() => inbox.close())

  it('a password that the mail server refuses, and sends no mail', async () => {
    const url = `${inbox.url.replace('smtp://', 'smtp://ann:secret@')}`
    inbox.answers.login = () => '535 5.7.8 Username and Password not accepted'
    const one = patient({}, { SMTP_URL: url, MAIL_TO: 'me@home.example' })
    const found = text(await channelsCheck.run(one))
    assert.match(found, /channel mail does not work.*(app password|535).*notify-test -- --channel mail/s)
    inbox.answers.login = undefined
    const good = await channelsCheck.run(one)
    assert.equal(good.find(({ id }) => id === 'channels.mail')?.level, 'ok')
    assert.match(text(good), /No message has got through yet on the channel mail/)
    assert.equal(inbox.mails.length, 0)
  })
})
