import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { checkSupervisor, checkWear, wordsOf } from '@hearthwatch/doctor'
import { day, hour } from '@hearthwatch/protocol/durations'
import { startBatchSensors } from '@hearthwatch/testhouse/sensors/batch-sensor'
import { startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { Patient } from '../../doctor/check.ts'
import { backupCheck } from '../../doctor/checks/backup.ts'
import { channelsCheck } from '../../doctor/checks/channels.ts'
import { clockCheck } from '../../doctor/checks/clock.ts'
import { diskCheck, isReadOnly, judgeDisk, kindOf } from '../../doctor/checks/disk.ts'
import { growthCheck } from '../../doctor/checks/growth.ts'
import { listenersCheck } from '../../doctor/checks/listeners.ts'
import { settingsCheck } from '../../doctor/checks/settings.ts'
import { createPatient } from '../../doctor/patient.ts'
import { watchDisk } from '../../nightly/disk-watch.ts'
import { bad, finds, patientIn, sound } from './house.ts'

type Language = Patient['language']

const folder = mkdtempSync(join(tmpdir(), 'faults-'))
after(() => rmSync(folder, { recursive: true }))
const patient = (more: Partial<Patient> = {}, env: Record<string, string> = {}) => patientIn(folder, more, env)

/** Puts a program that prints a text before all others, while `work` runs. */
async function withProgram(name: string, script: string, work: () => Promise<void>) {
  const path = process.env.PATH
  const programs = mkdtempSync(join(folder, 'programs-'))
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(programs, name), 0o755)
  process.env.PATH = `${programs}:${path}`
  await work().finally(() => {
    process.env.PATH = path
  })
}

/** The numbers are those of the list of faults of real homes. */
describe('The doctor finds of the machine', () => {
  const disk = { folder: '/data', kind: null, isReadOnly: false, free: 4e9, used: 40 }

  it('15. a program that nothing starts again, and a unit that is not enabled', async () => {
    const file = join(folder, 'held')
    writeFileSync(file, '')
    const { open } = await import('node:fs/promises')
    const held = await open(file)
    const check = (unit: string | null) => async (language: Language) => [
      await checkSupervisor('monitor', file, wordsOf(language), false, () => unit),
    ]
    try {
      await finds(check(null), {
        ...{
          id: 'supervisor',
          level: 'warning',
          what: /monitor was started by hand/,
          why: /No program starts it/,
          type: /setup -- service/,
        },
      })
      await withProgram('systemctl', 'echo disabled; exit 1', () =>
        finds(check('hearthwatch-monitor.service'), {
          ...{ id: 'supervisor', level: 'warning', what: /not enabled/, why: /until a person notices/ },
          type: /sudo systemctl enable hearthwatch-monitor\.service/,
        }),
      )
      await withProgram('systemctl', 'echo enabled', async () => {
        assert.deepEqual(bad(await check('hearthwatch-monitor.service')('en')), [])
      })
    } finally {
      await held.close()
    }
  })

  it('16. a worn card: faults that the kernel has noted, and a disk that it made read-only', async () => {
    const { dev } = statSync(folder)
    const number = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`
    const sysfs = join(folder, 'sys')
    const counts = join(sysfs, 'fs', 'ext4', 'mmcblk0p2')
    for (const one of [counts, join(sysfs, 'dev', 'block'), join(sysfs, 'block', 'mmcblk0p2')]) mkdirSync(one, { recursive: true })
    symlinkSync('../../block/mmcblk0p2', join(sysfs, 'dev', 'block', number))
    const write = (name: string, value: number) => writeFileSync(join(counts, name), `${value}\n`)
    write('errors_count', 0)
    write('last_error_time', Date.UTC(2026, 10, 20) / 1000)
    write('lifetime_write_kbytes', 40_000_000)
    assert.deepEqual(checkWear(folder, wordsOf('en'), sysfs), [])
    write('errors_count', 12)
    await finds((language) => checkWear(folder, wordsOf(language), sysfs), {
      ...{ id: 'disk.worn', what: /12 faults on mmcblk0p2, the last on 2026-11-20/, why: /^41 GB were written/, type: /npm run backup/ },
    })
    const mounts = '/dev/root / ext4 rw,noatime 0 0\n/dev/sda1 /mnt/usb ext4 ro,relatime 0 0\n'
    assert.deepEqual([isReadOnly('/mnt/usb/data', mounts), isReadOnly('/mnt/usb2/data', mounts)], [true, false])
    await finds((language) => judgeDisk({ ...disk, isReadOnly: true }, null, language), {
      ...{ id: 'disk.read-only', what: /\/data is read-only/, why: /worn card/, type: /dmesg/ },
    })
  })

  it('17. a database on a network disk or on exFAT', async () => {
    assert.deepEqual([0x6969, 0xff534d42, -0xacb2be, 0x2011bab0, 0xef53].map(kindOf), ['nfs', 'cifs', 'cifs', 'exfat', null])
    await finds((language) => judgeDisk({ ...disk, kind: 'cifs' }, null, language), {
      ...{ id: 'disk.kind', what: /\/data is on cifs/, why: /Locks are not sure/, type: /DATABASE_FILE/ },
    })
  })

  it('18. a disk that is nearly full, when it will be full, and what Docker has left there', async () => {
    await finds((language) => judgeDisk({ ...disk, used: 98, free: 5e7 }, null, language), {
      ...{ id: 'disk', level: 'warning', what: /98 % full; 50 MB are free/, why: /nothing is stored/, type: /du -xh/ },
    })
    let free = 60e6
    const { trouble, growth } = watchDisk(join(folder, 'house.db'), () => ({ free, room: 1e9 }))
    for (let at = 0; at <= day; at += hour) {
      trouble(at)
      free -= 0.5e6
    }
    await finds((language) => growthCheck.run(patient({ language, isRunning: true, growth: growth() })) as never, {
      ...{ id: 'growth', level: 'warning', what: /full in 4 days, at 12 MB a day/, why: /nothing is stored/, type: /du -xh/ },
    })
    await withProgram('docker', 'test "$1 $2" = "image ls" && printf "440MB\\n440MB\\n410MB\\n410MB\\n"', () =>
      finds((language) => diskCheck.run(patient({ language })), {
        ...{
          id: 'disk.images',
          level: 'warning',
          what: /4 old images of Docker hold 1\.7 GB/,
          why: /upgrade/,
          type: /^docker image prune$/,
        },
      }),
    )
    await withProgram('docker', 'echo Cannot connect to the Docker daemon >&2; exit 1', async () => {
      assert.ok(!(await diskCheck.run(patient())).some(({ id }) => id === 'disk.images'))
    })
  })

  it('22. $, # and unknown names in .env', async () => {
    const file = join(folder, 'env')
    writeFileSync(file, 'DASHBOARD_PASSWORD=mein$Geheim#nis\nSMPT_URL=smtp://x\n', { mode: 0o600 })
    const examine = (language: Language) => settingsCheck.run({ language, files: [file] })
    await finds(examine, {
      ...{ id: 'settings.compose', level: 'warning', what: /DASHBOARD_PASSWORD \(line 1\)/, why: /Compose replaces/, type: /quotes|引號/ },
    })
    await finds(examine, { id: 'settings.unknown', level: 'warning', what: /SMPT_URL/, why: /default/, type: /SMTP_URL/ })
  })

  it('23. a folder of another user', async () => {
    await finds((language) => judgeDisk(disk, { owner: '1026:100', own: '1000:1000' }, language), {
      ...{
        id: 'disk.owner',
        what: /belongs to 1026:100, and this user is 1000:1000/,
        why: /cannot store/,
        type: /^chown -R 1000:1000 \/data$/,
      },
    })
  })

  it('25. no backup, an old one, one on the disk of the database, and a broker that is open to the network', async () => {
    const backups = join(folder, 'data', 'backups')
    mkdirSync(backups, { recursive: true })
    const examine = (language: Language) => backupCheck.run(patient({ language }))
    await finds(examine, { id: 'backup', what: /no backup in/, why: /takes all readings along/, type: /npm run backup/ })
    const file = join(backups, 'hearthwatch-20261021T000000Z.tar.gz')
    const { now } = patient()
    writeFileSync(file, '')
    utimesSync(file, (now - 40 * day) / 1000, (now - 40 * day) / 1000)
    await finds(examine, { id: 'backup', what: /40 days old/, why: /takes all readings along/, type: /npm run backup/ })
    await finds(examine, { id: 'backup.place', level: 'warning', what: /same disk/, why: /at once/, type: /backup -- --to \/mnt\/nas/ })

    const server = createServer().listen(0, '0.0.0.0')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const env = { BROKER_PORT: String(port), BROKER_TLS_PORT: '0' }
    await finds((language) => listenersCheck.run(patient({ language, isRunning: true }, env)), {
      ...{ id: 'listeners', level: 'warning', what: /without TLS on port \d+ from the whole network/, why: /ufw/, type: /BROKER_BIND/ },
    }).finally(() => server.close())
  })
})

describe('The doctor finds of sensors and channels', () => {
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
  })
  after(() => inbox.close())

  it('8. a clock that is an hour ahead, without TLS', async () => {
    const house = await startBatchSensors()
    try {
      const sensor = await house.sensor('kitchen')
      const ahead = Date.now() + hour
      await sensor.send(
        sensor.batch(1, [20, 21], { now: ahead, rows: [1, 2].map((seq) => ({ seq, time: ahead, values: { temperature: 20 + seq } })) }),
      )
      const { config } = house.monitor
      const examine = (language: Language) => clockCheck.run(createPatient({ ...patient({ language }), now: Date.now(), config }, false))
      await finds(examine, {
        ...{
          id: 'clock.sensor',
          level: 'warning',
          what: /clock of pi-1 is 3\d\d\d s ahead/,
          why: /wrong times/,
          type: /timedatectl set-ntp true/,
        },
      })
    } finally {
      await house.monitor.close()
    }
  })

  it('19. the password of the account, which Gmail refuses, without sending a mail', async () => {
    inbox.answers.login = () => '535 5.7.8 Username and Password not accepted. https://support.google.com/mail/?p=BadCredentials'
    const env = { SMTP_URL: inbox.url.replace('smtp://', 'smtp://ann:secret@'), MAIL_TO: 'me@home.example' }
    await finds((language) => channelsCheck.run(patient({ language }, env)), {
      ...{ id: 'channels.mail', what: /channel mail does not work/, why: /app password/, type: /notify-test -- --channel mail/ },
    })
    inbox.answers.login = undefined
    assert.equal(inbox.mails.length, 0)
  })

  it('20. mail that was never tried, and nobody who is told', async () => {
    const env = { SMTP_URL: inbox.url, MAIL_TO: 'me@home.example' }
    await finds((language) => channelsCheck.run(patient({ language }, env)), {
      ...{
        id: 'channels.mail.last',
        level: 'warning',
        what: /No message has got through yet/,
        why: /mistyped recipient/,
        type: /notify-test/,
      },
    })
    await finds((language) => channelsCheck.run(patient({ language })), {
      ...{ id: 'channels', level: 'warning', what: /nobody is told of alerts/, why: /looks at the page/, type: /SMTP_URL/ },
    })
  })

  it('21. a token that is void, asked without a message, and the day since which a channel fails', async () => {
    const service = await startHttpReceiver(() => ({ status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } }))
    const NOTIFY_URLS = `tgram://123456789:${'A'.repeat(35)}/42?api=${encodeURIComponent(service.url)}`
    await finds((language) => channelsCheck.run(patient({ language }, { NOTIFY_URLS })), {
      ...{ id: 'channels.telegram', what: /telegram does not work/, why: /token/, type: /notify-test -- --channel telegram/ },
    }).finally(() => service.close())
    assert.ok(service.requests.every(({ path }) => path.endsWith('/getMe')))
    const failure = JSON.stringify({ en: 'HTTP 401', 'zh-TW': '回應 401' })
    const channels = [{ channel: 'ntfy', sent: Date.UTC(2026, 10, 20), failed: Date.UTC(2026, 10, 24), error: failure }]
    await finds((language) => channelsCheck.run(patient({ language, database: { ...sound, channels } })), {
      ...{ id: 'channels.ntfy.last', level: 'warning', what: /ntfy failed on 2026-11-24/, why: /HTTP 401/, type: /--channel ntfy/ },
    })
  })
})
