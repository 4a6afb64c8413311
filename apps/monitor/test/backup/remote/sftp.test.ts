import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createLog, silent } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { need } from '@hearthwatch/testhouse/need'
import { type Sshd, startSshd } from '@hearthwatch/testhouse/servers/sshd'
import { backUp } from '../../../nightly/back-up.ts'
import { createHouseTroubles } from '../../../rules/house-troubles.ts'
import { createRemoteHouse } from './remote-house.ts'

describe('A backup over SFTP, to OpenSSH', need('sshd'), () => {
  const house = createRemoteHouse()
  let server: Sshd
  let to = ''
  let keys: Record<string, string> = {}
  const there = (name = '') => house.at('nas', 'house', name)
  before(async () => {
    server = await startSshd()
    to = `sftp://${server.user}@127.0.0.1:${server.port}${house.at('nas', 'house')}`
    keys = { BACKUP_HOST_KEY: server.fingerprint, BACKUP_SSH_KEY_FILE: server.keyFile }
    house.write(100)
  })
  after(async () => {
    await server?.stop()
    house.remove()
  })

  it('is refused while the server is not known, with its fingerprint; nothing is copied', async () => {
    const { code, error } = await house.run('backup', ['--to', to], { BACKUP_SSH_KEY_FILE: server.keyFile })
    assert.equal(code, 1)
    assert.match(error, /the key of 127\.0\.0\.1 is not known: ssh-ed25519 SHA256:.*set BACKUP_HOST_KEY=SHA256:/)
    assert.ok(error.includes(`BACKUP_HOST_KEY=${server.fingerprint}`))
    assert.equal(existsSync(there()), false)
    assert.equal(readdirSync(house.at('backups')).length, 1, 'the one beside the database is kept')
  })

  it('is refused if the server shows another key than the known one', async () => {
    const settings = { ...keys, BACKUP_HOST_KEY: `SHA256:${'A'.repeat(43)}` }
    const { code, error } = await house.run('backup', ['--to', to], settings)
    assert.equal(code, 1)
    assert.match(error, /is not the known one: it shows ssh-ed25519 SHA256:.*correct BACKUP_HOST_KEY/)
  })

  it('lies beside the database and there, equal byte by byte, and no part of a broken copy is left', async () => {
    mkdirSync(there(), { recursive: true })
    writeFileSync(there('.hearthwatch-20260101T000000Z.tar.gz.part'), 'a copy that was cut')
    writeFileSync(there('holidays.tar.gz'), '')
    const { code, out, error, last } = await house.run('backup', ['--to', to], keys)
    assert.equal(code, 0, error)
    assert.ok(last.startsWith(`${to}/hearthwatch-`), last)
    const name = basename(last)
    assert.deepEqual(readdirSync(there()).sort(), [name, 'holidays.tar.gz'])
    assert.deepEqual(readdirSync(house.at('backups')).includes('.read-back'), false)
    assert.deepEqual(readFileSync(there(name)), readFileSync(out.split('\n').at(-2) ?? ''))
    assert.equal(statSync(there(name)).mode & 0o777, 0o600)
  })

  it('is made each night with known_hosts, and the oldest there beyond BACKUP_KEEP are deleted', async () => {
    for (const date of ['20260101', '20260102']) writeFileSync(there(`hearthwatch-${date}T000000Z.tar.gz`), '')
    const settings = {
      DATABASE_FILE: house.at('house.db'),
      BACKUP_DIR: to,
      BACKUP_KEEP: 2,
      BACKUP_SSH_KEY: readFileSync(server.keyFile, 'utf8'),
    }
    writeFileSync(house.at('home', '.ssh', 'known_hosts'), server.knownHosts)
    const before = process.env.HOME
    process.env.HOME = house.at('home')
    try {
      const troubles = createHouseTroubles()
      await backUp({ settings, log: createLog('m', 'error'), troubles, signal: new AbortController().signal })
      assert.equal(troubles.of('backup'), null)
    } finally {
      process.env.HOME = before
    }
    const names = readdirSync(there()).filter((name) => name.startsWith('hearthwatch-'))
    assert.equal(names.length, 2)
    assert.ok(!names.includes('hearthwatch-20260102T000000Z.tar.gz'))
  })

  it('raises the alert of backups if it is not possible, without a secret', async () => {
    const troubles = createHouseTroubles()
    const wrong = to.replace(`${server.user}@`, `${server.user}:geheim@`)
    const settings = { DATABASE_FILE: house.at('house.db'), BACKUP_DIR: wrong, BACKUP_KEEP: 2, BACKUP_HOST_KEY: server.fingerprint }
    await backUp({ settings, log: silent, troubles, signal: new AbortController().signal })
    assert.match(troubles.of('backup') ?? '', /sftp:\/\/\S+ cannot be used: the login is refused/)
    assert.doesNotMatch(troubles.of('backup') ?? '', /geheim/)
  })

  it('is known to the doctor, who logs in and writes nothing', async () => {
    const before = readdirSync(there())
    const settings = { ...keys, BACKUP_DIR: to }
    const place = async (given: Record<string, string>, now?: number) =>
      (await house.examine(given, now)).find(({ id }) => id === 'backup.place')
    assert.equal((await place(settings))?.level, 'ok')
    assert.match((await place(settings, Date.now() + 9 * day))?.what ?? '', /is 9 days old/)
    const refused = await place({ ...settings, BACKUP_HOST_KEY: `SHA256:${'A'.repeat(43)}` })
    assert.deepEqual([refused?.level, refused?.do.includes('BACKUP_HOST_KEY')], ['error', true])
    assert.deepEqual(readdirSync(there()), before)
  })

  it('is restored from there, the newest of the folder or the one that is named', async () => {
    rmSync(house.at('house.db'))
    const { code, out, error } = await house.run('restore', [to, '--yes'], keys)
    assert.equal(code, 0, error)
    assert.match(out, /Reading sftp:.*100 readings/s)
    assert.equal(house.stored(), 100)
    const gone = await house.run('restore', [`${to}/hearthwatch-20200101T000000Z.tar.gz`, '--yes'], keys)
    assert.equal(gone.code, 1)
    assert.match(gone.error, /^sftp:\S+ cannot be used: .*No such file.*hearthwatch-20200101T000000Z\.tar\.gz/m)
  })

  it('says so in one line if the folder there cannot be made', async () => {
    writeFileSync(house.at('file'), '')
    const { code, error } = await house.run('backup', ['--to', `${to.replace('/nas/house', '/file/house')}`], keys)
    assert.equal(code, 1)
    assert.match(error.split('\n').at(-1) ?? '', /^sftp:\/\/\S+ cannot be used: .*(Failure|Not a directory|No such file|Bad path)/i)
  })
})
