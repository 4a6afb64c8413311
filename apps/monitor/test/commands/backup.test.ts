import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createLog, silent } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { backUp } from '../../nightly/back-up.ts'
import { createHouseTroubles } from '../../rules/house-troubles.ts'
import { openStore } from '../../store/store.ts'

const commands = join(import.meta.dirname, '..', '..', 'commands')
const series = { room: '客廳', quantity: 'temperature', device: 'pi-1' }
const begin = Date.UTC(2026, 10, 20)

describe('A backup', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backup-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const at = (...path: string[]) => join(folder, ...path)
  async function run(command: 'backup' | 'restore', args: readonly string[] = [], settings: Record<string, string> = {}) {
    const env = { ...process.env, DATABASE_FILE: at('house.db'), ...settings }
    const child = spawn(process.execPath, [join(commands, `${command}.ts`), ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, error, [code]] = await Promise.all([
      Array.fromAsync(child.stdout, String),
      Array.fromAsync(child.stderr, String),
      once(child, 'exit'),
    ])
    return { code, out: out.join('').trim(), error: error.join('').trim(), file: out.join('').trim().split('\n').at(-1) ?? '' }
  }

  function write(count: number, from = 0): void {
    const store = openStore(at('house.db'))
    store.transaction(() => {
      for (let i = from; i < from + count; i += 1) store.readings.addTimed(series, 20 + (i % 50) / 10, begin + i * minute, false)
    })
    store.close()
  }

  function stored(): number {
    const store = openStore(at('house.db'))
    try {
      return [...store.readings.each(series, 0, 2 * begin)].length
    } finally {
      store.close()
    }
  }

  it('of a house has database, settings and secrets, and is restored with each replaced file kept', async () => {
    write(500)
    mkdirSync(at('mosquitto', 'certs'), { recursive: true })
    writeFileSync(at('mosquitto', 'passwd'), 'pi-1:hash\n')
    writeFileSync(at('mosquitto', 'certs', 'ca.key'), 'the key of the house\n')
    writeFileSync(at('.env'), 'TZ=Asia/Taipei\n')
    const logins = ['.env.guest', '.env.sensor', '.env.sensor.pi-2', '.env.device.larder']
    for (const name of logins) writeFileSync(at(name), `MQTT_PASSWORD=${name}\n`)
    const { code, file, error } = await run('backup')
    assert.equal(code, 0, error)
    assert.match(file, /backups\/hearthwatch-\d{8}T\d{6}Z\.tar\.gz$/)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(at('backups')).length, 1)

    write(100, 500)
    writeFileSync(at('mosquitto', 'passwd'), 'changed since\n')
    rmSync(at('mosquitto', 'certs', 'ca.key'))
    for (const name of logins) rmSync(at(name))
    assert.match((await run('restore', [file])).error, /needs --yes/)
    const restored = await run('restore', [file, '--yes'])
    assert.equal(restored.code, 0, restored.error)
    assert.match(restored.out, /500 readings, the last of 2026-11-20T08:19:00.000Z/)
    assert.equal(stored(), 500)
    assert.equal(readFileSync(at('mosquitto', 'passwd'), 'utf8'), 'pi-1:hash\n')
    assert.equal(readFileSync(at('mosquitto', 'certs', 'ca.key'), 'utf8'), 'the key of the house\n')
    for (const name of logins)
      assert.equal(readFileSync(at(name), 'utf8'), `MQTT_PASSWORD=${name}\n`, 'setup knows its sensors and devices again')
    const kept = readdirSync(at('mosquitto')).find((name) => name.startsWith('passwd.before-'))
    assert.equal(readFileSync(at('mosquitto', kept ?? ''), 'utf8'), 'changed since\n')
    assert.ok(readdirSync(folder).some((name) => name.startsWith('house.db.before-')))
  })

  it('is taken from a running monitor, which must be stopped for a restore and then asks sensors for no record', async () => {
    const lines: string[] = []
    const house = await startTestMonitor(
      {},
      createLog('monitor', 'warn', (line) => lines.push(line)),
    )
    const settings = { DATABASE_FILE: house.config.DATABASE_FILE }
    try {
      const client = await house.client()
      await client.publishAsync('home/kitchen/temperature', '21.5', { qos: 1 })
      const { file, error } = await run('backup', ['--to', at('there')], settings)
      assert.ok(existsSync(file), error)
      const refused = await run('restore', [file, '--yes'], settings)
      assert.equal(refused.code, 1)
      assert.match(refused.error, /Another monitor already uses/)
      await house.stop()
      assert.equal((await run('restore', [file, '--yes'], settings)).code, 0)
      await house.restart()
      assert.deepEqual(
        lines.filter((line) => /write-ahead log|DAMAGED/.test(line)),
        [],
      )
    } finally {
      await house.close()
    }
  })

  it('of an old day is deleted beyond BACKUP_KEEP, and no other file of the folder', async () => {
    write(1)
    mkdirSync(at('backups'))
    for (const name of ['hearthwatch-20260101T000000Z.tar.gz', 'hearthwatch-20260102T000000Z.tar.gz', 'holidays.tar.gz'])
      writeFileSync(at('backups', name), '')
    await run('backup', [], { BACKUP_KEEP: '2' })
    const names = readdirSync(at('backups')).sort()
    assert.deepEqual([names.length, names[0], names[2]], [3, 'hearthwatch-20260102T000000Z.tar.gz', 'holidays.tar.gz'])
  })

  it('is encrypted for a key of age, and restored with its identity only', async () => {
    write(10)
    const identity = await generateX25519Identity()
    writeFileSync(at('key.txt'), `# made by age-keygen\n${identity}\n`)
    const { file } = await run('backup', [], { BACKUP_KEY: await identityToRecipient(identity) })
    assert.ok(file.endsWith('.tar.gz.age'))
    assert.ok(readFileSync(file, 'latin1').startsWith('age-encryption.org/v1'))
    assert.match((await run('restore', [file, '--yes'])).error, /--identity/)
    writeFileSync(at('other.txt'), `${await generateX25519Identity()}\n`)
    assert.match((await run('restore', [file, '--yes', '--identity', at('other.txt')])).error, /^\S+ cannot be decrypted with \S+: .*\.$/)
    assert.match((await run('backup', ['--encrypt-to', 'age1wrong'])).error, /^"age1wrong" is no public key of age: .*\.$/)
    write(5, 10)
    assert.equal((await run('restore', [file, '--yes', '--identity', at('key.txt')])).code, 0)
    assert.equal(stored(), 10)
  })

  it('that was changed, cut, or is something else is refused, and nothing is touched', async () => {
    write(10)
    const { file } = await run('backup')
    const whole = readFileSync(file)
    for (const [name, bytes] of [
      ['cut.tar.gz', whole.subarray(0, whole.length / 2)],
      ['other.tar.gz', Buffer.from('not a backup')],
    ] as const) {
      writeFileSync(at(name), bytes)
      const { code, error } = await run('restore', [at(name), '--yes'])
      assert.equal(code, 1)
      assert.match(error, /cannot be restored/)
    }
    assert.equal(stored(), 10)
    assert.deepEqual((await run('restore', [at('nowhere.tar.gz'), '--yes'])).code, 1)
    assert.equal((await run('restore')).code, 2)
  })

  it('is made at night in a process of its own; why it failed is logged, and an alert until one succeeds', async () => {
    write(10)
    const lines: string[] = []
    const settings = { DATABASE_FILE: at('house.db'), BACKUP_DIR: at('nightly'), BACKUP_KEEP: 3 }
    const troubles = createHouseTroubles()
    const { signal } = new AbortController()
    await backUp({ settings, log: silent, troubles, signal })
    assert.equal(readdirSync(at('nightly')).length, 1)
    assert.equal(troubles.of('backup'), null)
    await backUp({
      settings: { ...settings, DATABASE_FILE: at('nowhere.db') },
      log: createLog('m', 'info', (line) => lines.push(line)),
      troubles,
      signal,
    })
    assert.match(lines[0] ?? '', /ERROR.*nightly backup failed.*nowhere\.db does not exist/)
    assert.match(troubles.of('backup') ?? '', /nowhere\.db does not exist/)
  })

  it('is not needed for the readings of a damaged database that was set aside: the readable ones are taken over', async () => {
    write(20_000)
    const damaged = at('house.db.damaged-20261120T000000Z')
    writeFileSync(damaged, readFileSync(at('house.db')))
    rmSync(at('house.db'))
    const file = openSync(damaged, 'r+')
    // A page in the middle of the readings.
    writeSync(file, Buffer.alloc(4096), 0, 4096, Math.floor(statSync(damaged).size / 4096 / 2) * 4096)
    closeSync(file)
    write(7, 19_990)
    const { code, out, error } = await run('restore', ['--from-damaged', damaged])
    assert.equal(code, 0, error)
    assert.match(out, /readings were added; 7 were there already/)
    const count = stored()
    assert.ok(count > 19_000 && count <= 20_000, `${count}`)
    assert.equal((await run('restore', ['--from-damaged', damaged])).code, 0)
    assert.equal(stored(), count)
  })
})
