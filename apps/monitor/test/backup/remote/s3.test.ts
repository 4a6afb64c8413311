import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { freePort } from '@hearthwatch/testhouse/ports'
import { type S3Server, s3Login, startS3Server } from '@hearthwatch/testhouse/servers/s3-server'
import { copyTo } from '../../../backup/remote/copy.ts'
import { openRemote } from '../../../backup/remote/open.ts'
import { createRemoteHouse } from './remote-house.ts'

describe('A backup to an S3-compatible server', () => {
  const house = createRemoteHouse()
  let server: S3Server
  const login = Object.values(s3Login).join(':')
  const address = (user = login, path = 'bucket/house') => `s3+http://${user}@127.0.0.1:${server.port}/${path}`
  const shown = () => address().replace(`${login}@`, '')
  const namesThere = async () => {
    const place = await openRemote(address(), {})
    return (await place.list()).sort()
  }
  before(async () => {
    server = await startS3Server('bucket')
    house.write(100)
  })
  after(async () => {
    await server?.stop()
    house.remove()
  })

  it('lies beside the database and there, equal byte by byte, and the login is not printed', async () => {
    const { code, out, error, last } = await house.run('backup', ['--to', address()])
    assert.equal(code, 0, error)
    assert.ok(last.startsWith(`${shown()}/hearthwatch-`), last)
    assert.doesNotMatch(out + error, /HEARTH|se\/cr/)
    assert.deepEqual(await namesThere(), [basename(last)])
    const place = await openRemote(address(), {})
    await place.download(basename(last), house.at('copy'))
    assert.deepEqual(readFileSync(house.at('copy')), readFileSync(out.split('\n').at(-2) ?? ''))
  })

  it('deletes the oldest beyond BACKUP_KEEP, and no other object', async () => {
    const place = await openRemote(address(), {})
    const file = house.at('backups', readdirSync(house.at('backups'))[0] ?? '')
    for (const name of ['hearthwatch-20260101T000000Z.tar.gz', 'hearthwatch-20260102T000000Z.tar.gz', 'holidays.tar.gz'])
      await place.upload(file, name)
    await copyTo(place, file, 2)
    assert.deepEqual(await namesThere(), ['hearthwatch-20260102T000000Z.tar.gz', basename(file), 'holidays.tar.gz'].sort())
  })

  it('that the server has stored with other bytes is an error, and is deleted there', async () => {
    const place = await openRemote(address(), {})
    const file = house.at('backups', readdirSync(house.at('backups'))[0] ?? '')
    const damaging = { ...place, upload: async (_: string, name: string) => place.upload(house.at('house.db'), name) }
    await assert.rejects(copyTo(damaging, file, 0), /has stored hearthwatch-\S+ with other bytes/)
    assert.ok(!(await namesThere()).includes(basename(file)))
    await copyTo(place, file, 0)
  })

  it('is refused with a wrong secret, and with a bucket that does not exist', async () => {
    const wrong = await house.run('backup', ['--to', address('HEARTH:geheim')])
    assert.equal(wrong.code, 1)
    assert.match(wrong.error, /cannot be used: access key, secret or rights are refused \(SignatureDoesNotMatch\)/)
    assert.doesNotMatch(wrong.out + wrong.error, /geheim/)
    assert.match((await house.run('backup', ['--to', address(login, 'nowhere')])).error, /there is no such bucket/)
    const gone = await house.run('backup', ['--to', `s3+http://${login}@127.0.0.1:${await freePort()}/bucket`])
    assert.match(gone.error, /cannot be used: .*ECONNREFUSED/)
    assert.equal((await house.run('backup', ['--to', 's3://host/bucket'])).code, 2)
  })

  it('is known to the doctor, who logs in and writes nothing', async () => {
    const before = await namesThere()
    const [, place] = await house.examine({ BACKUP_DIR: address() })
    assert.deepEqual([place?.id, place?.level], ['backup.place', 'ok'])
    assert.doesNotMatch(JSON.stringify(place), /HEARTH|se\/cr/)
    writeFileSync(house.at('backups', 'house-secrets.tar.gz'), 'of Docker Compose, for root alone')
    const [, , bare] = await house.examine({ BACKUP_DIR: address() })
    assert.deepEqual([bare?.id, bare?.level], ['backup.secrets', 'warning'])
    const [, refused] = await house.examine({ BACKUP_DIR: address('HEARTH:geheim') })
    assert.equal(refused?.level, 'error')
    assert.deepEqual(await namesThere(), before)
  })

  it('is restored from there', async () => {
    rmSync(house.at('house.db'))
    const { code, error } = await house.run('restore', [address(), '--yes'])
    assert.equal(code, 0, error)
    assert.equal(house.stored(), 100)
  })
})
