import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Finding } from '@hearthwatch/doctor'
import type { Info } from '@hearthwatch/protocol'
import { day, hour, minute } from '@hearthwatch/protocol/durations'
import { startInbox } from '@hearthwatch/testhouse/inbox'
import { createAuthority } from '../../../../packages/mqtt/test/certificates.ts'
import { readConfig } from '../../config.ts'
import type { LiveHouse, Patient } from '../../doctor/check.ts'
import { backupCheck } from '../../doctor/checks/backup.ts'
import { certificatesCheck } from '../../doctor/checks/certificates.ts'
import { channelsCheck } from '../../doctor/checks/channels.ts'
import { clockCheck } from '../../doctor/checks/clock.ts'
import { databaseCheck } from '../../doctor/checks/database.ts'
import { isReadOnly, judgeDisk } from '../../doctor/checks/disk.ts'
import { limitsCheck } from '../../doctor/checks/limits.ts'
import { listeners } from '../../doctor/checks/listeners.ts'
import { sensorsCheck } from '../../doctor/checks/sensors.ts'
import { settingsCheck } from '../../doctor/checks/settings.ts'
import { unitOf } from '../../doctor/checks/supervisor.ts'
import { versionsCheck } from '../../doctor/checks/versions.ts'
import { examine } from '../../doctor/examine.ts'
import { createPatient } from '../../doctor/patient.ts'
import { openStore } from '../../store/store.ts'

const now = Date.UTC(2026, 10, 30)
const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
after(() => rmSync(folder, { recursive: true }))

type Device = NonNullable<Patient['database']>['devices'][number]

const device = (id: string, more: Partial<Device> = {}, info: Partial<Info> = {}): Device => ({
  ...{ id, room: 'kitchen', status: 'online', seen: now, skew: 0, ...more },
  info: { id, room: 'kitchen', version: '1.0.0', epoch: '0123456789abcdef', readings: [], ...info },
})
const sound = { schema: 1, ownSchema: 1, faults: '', future: 0, devices: [], channels: [] }

function patient(more: Partial<Patient> = {}, env: Record<string, string> = {}): Patient {
  const config = readConfig({ DATABASE_FILE: join(folder, 'data', 'house.db'), ...env }, [])
  return {
    ...{ language: 'en', now, files: [], version: '1.0.0', isRunning: false, database: sound, databaseProblem: '' },
    ...{ live: null, liveProblem: 'not asked', isRefused: false, config, ...more },
  }
}
const live = (more: Partial<LiveHouse> = {}): LiveHouse => ({
  undelivered: async () => [],
  retained: async () => [],
  mayDoAll: async () => null,
  figures: async () => null,
  problems: () => [],
  close: async () => {},
  ...more,
})
const bad = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'error' || level === 'warning')
const text = (findings: readonly Finding[]) =>
  bad(findings)
    .map((finding) => `${finding.what} · ${finding.why} · ${finding.do}`)
    .join('\n')

describe('The doctor', () => {
  it('has what and a remedy for each fault, in both languages', async () => {
    for (const language of ['en', 'zh-TW'] as const) {
      const devices = [device('a', { skew: hour }), device('b', {}, { version: '0.9.0' })]
      const found = await examine(patient({ language, database: { ...sound, faults: 'row 3 is missing', future: 12, devices } }))
      assert.ok(bad(found).length >= 5)
      for (const finding of bad(found)) {
        assert.ok(finding.what !== '' && finding.do !== '', JSON.stringify(finding))
        assert.equal(/\p{Script=Han}/u.test(finding.what), language === 'zh-TW', finding.what)
      }
    }
  })

  it('reports a check that throws as not done', async () => {
    const broken = { id: 'broken', needs: 'machine', run: () => Promise.reject(new Error('no such file')) } as const
    const [finding] = await examine(patient(), [broken])
    assert.deepEqual([finding?.id, finding?.level, finding?.why], ['broken', 'skipped', 'no such file'])
  })
})

describe('The doctor finds in the settings', () => {
  const file = join(folder, 'env')
  const examineFile = async (lines: string) => {
    writeFileSync(file, lines, { mode: 0o600 })
    return settingsCheck.run(patient({ files: [file] }))
  }

  it('a $ that Compose replaces, a # that begins no comment, and unknown names with the one that was meant', async () => {
    const found = text(await examineFile('DASHBOARD_PASSWORD=mein$Geheim#nis\nAPI_TOKEN=#abc\nSMPT_URL=smtp://x\nFLAVOUR=3\n'))
    assert.match(found, /DASHBOARD_PASSWORD \(line 1\) has a \$.*single quotes/)
    assert.match(found, /API_TOKEN \(line 2\) begins with #/)
    assert.match(found, /SMPT_URL.*Did you mean SMTP_URL\?/)
    assert.match(found, /FLAVOUR.*\.env\.example/)
    assert.ok(!found.includes('Geheim'), 'no value is shown')
  })

  it('no fault in those of setup, of Compose and of a sensor', async () => {
    assert.deepEqual(bad(await examineFile("DASHBOARD_PASSWORD='a$b'\nMQTT_PASSWORD_FILE=/run/x\nROOM=kitchen\nPAGE_BIND=0.0.0.0\n")), [])
  })

  it('a file with passwords that others can read', async () => {
    await examineFile('API_TOKEN=x\n')
    chmodSync(file, 0o644)
    assert.match(text(await settingsCheck.run(patient({ files: [file] }))), /mode 644.*chmod 600/)
  })
})

describe('The doctor finds of disk and database', () => {
  const disk = { folder: '/data', kind: null, isReadOnly: false, free: 4e9, used: 40 }

  it('a full disk, a network disk, a read-only disk and a folder of another user', () => {
    assert.deepEqual(bad(judgeDisk(disk, null)), [])
    assert.match(text(judgeDisk({ ...disk, used: 98, free: 5e7 }, null)), /98 % full; 50 MB are free.*docker image prune/)
    assert.match(text(judgeDisk({ ...disk, kind: 'cifs' }, null)), /\/data is on cifs.*Locks are not sure.*DATABASE_FILE/)
    assert.match(text(judgeDisk({ ...disk, isReadOnly: true }, null)), /read-only.*worn card.*dmesg/)
    assert.match(text(judgeDisk(disk, { owner: '1026:100', own: '1000:1000' })), /1026:100.*1000:1000.*chown -R 1000:1000 \/data/)
  })

  it('the mount that a folder is on', () => {
    const mounts = '/dev/root / ext4 rw,noatime 0 0\n/dev/sda1 /mnt/usb ext4 ro,relatime 0 0\n'
    assert.equal(isReadOnly('/mnt/usb/data', mounts), true)
    assert.equal(isReadOnly('/mnt/usb2/data', mounts), false)
  })

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

  it('no backup, an old one, and one on the disk of the database', async () => {
    const backups = join(folder, 'data', 'backups')
    mkdirSync(backups, { recursive: true })
    assert.match(text(await backupCheck.run(patient())), /no backup in.*npm run backup/)
    const file = join(backups, 'hearthwatch-20261021T000000Z.tar.gz')
    writeFileSync(file, '')
    utimesSync(file, (now - 40 * day) / 1000, (now - 40 * day) / 1000)
    const found = text(await backupCheck.run(patient()))
    assert.match(found, /40 days old/)
    assert.match(found, /same disk.*\/mnt\/nas/)
  })
})

describe('The doctor finds of clocks and sensors', () => {
  it('a sensor whose clock is wrong, and readings in the future', async () => {
    const devices = [device('pi-3', { skew: hour }), device('pi-4', { skew: -minute - 1 }), device('pi-5', { skew: 900 })]
    const found = text(await clockCheck.run(patient({ database: { ...sound, devices, future: 12 } })))
    assert.match(found, /pi-3 is 3600 s ahead.*On pi-3: timedatectl/)
    assert.match(found, /pi-4 is 60 s behind/)
    assert.match(found, /12 stored readings are in the future/)
    assert.ok(!found.includes('pi-5'))
  })

  it('a clock of this machine that was never set', async () => {
    assert.match(text(await clockCheck.run(patient({ now: Date.UTC(2020, 0, 1) }))), /never set: it shows 2020-01-01.*timedatectl/)
  })

  it('two sensors on one status topic or one topic, conflicts, and retained messages of unknown devices', async () => {
    const topic = 'home/kitchen/temperature'
    const devices = ['pi-1', 'pi-2'].map((id) =>
      device(id, {}, { status: 'home/kitchen/sensor/status', readings: [{ key: 'temperature', topic }] }),
    )
    const problems = () => [{ device: 'pi-2', message: 'Its login was taken over 7 times within 10 minutes, from 10.0.0.5 and 10.0.0.6.' }]
    const retained = async () => ['device/pi-1/info', 'device/gone/info', 'home/kitchen/temperature']
    const found = text(await sensorsCheck.run(patient({ database: { ...sound, devices }, live: live({ problems, retained }) })))
    assert.match(found, /pi-1, pi-2 have one status topic.*STATUS_TOPIC=device\/\{id\}\/status/)
    assert.match(found, /pi-1, pi-2 announce the same topic/)
    assert.match(found, /pi-2: Its login was taken over 7 times/)
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
      '  sl  local_address rem_address   st tx_queue',
      '   0: 0100007F:075B 00000000:0000 0A 00000000',
      '   1: 00000000:22B3 00000000:0000 0A 00000000',
      '   2: 0100007F:1F90 0100007F:9999 01 00000000',
    ].join('\n')
    assert.deepEqual(
      listeners((name) => (name.endsWith('tcp') ? table : '')),
      [
        { port: 1883, isLocal: true },
        { port: 8883, isLocal: false },
      ],
    )
  })

  it('the unit or container of a process, and none for one of a terminal', () => {
    assert.equal(unitOf('0::/system.slice/hearthwatch.service\n'), 'hearthwatch.service')
    assert.equal(unitOf('0::/system.slice/docker-4af2.scope\n'), 'docker-4af2.scope')
    assert.equal(unitOf('0::/user.slice/user-1000.slice/session-3.scope\n'), null)
  })

  it('certificates that end, the sensors that need a new authority, and addresses that are not named', async () => {
    const certs = join(folder, 'mosquitto', 'certs')
    mkdirSync(certs, { recursive: true })
    const authority = await createAuthority('Hearthwatch')
    const server = await authority.issue('hub.local')
    writeFileSync(join(certs, 'server.crt'), server.certificate)
    writeFileSync(join(certs, 'ca.crt'), authority.certificate)
    const at = (time: number) => {
      const one = patient({ now: time, database: { ...sound, devices: [device('pi-1'), device('pi-2')] } })
      return certificatesCheck.run({ ...one, config: { ...one.config, brokerFiles: join(folder, 'mosquitto') } })
    }
    const late = text(await at(Date.now() + 100 * 365 * day))
    assert.match(late, /certificate ended on \d{4}-\d\d-\d\d.*no client with TLS.*npm run setup/)
    assert.match(late, /needs the new ca\.crt before: pi-1, pi-2/)
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

  it('the last failure of a channel', async () => {
    const channels = [{ channel: 'ntfy', sent: now - 5 * day, failed: now - day, error: JSON.stringify({ en: 'HTTP 401', 'zh-TW': '…' }) }]
    assert.match(text(await channelsCheck.run(patient({ database: { ...sound, channels } }))), /ntfy failed on 2026-11-29\. · HTTP 401/)
  })

  it('that nobody is told', async () => {
    assert.match(text(await channelsCheck.run(patient())), /nobody is told of alerts/)
  })
})
