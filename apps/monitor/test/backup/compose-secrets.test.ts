import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { runFile } from '@hearthwatch/testhouse/processes/command'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { openStore } from '../../store/store.ts'

const commands = join(import.meta.dirname, '..', '..', 'commands')
const isRoot = process.getuid?.() === 0
/** Users of the images: of the broker, and of the monitor. */
const [broker, node] = isRoot ? [1883, 1000] : [process.getuid?.() ?? 0, process.getuid?.() ?? 0]

describe('The secrets of a house under Docker Compose', () => {
  let folder: string
  const at = (...path: string[]) => join(folder, ...path)
  const run = (command: string, args: readonly string[], settings: Record<string, string> = {}, data = 'data') =>
    runFile(join(commands, `${command}.ts`), args, folder, { DATABASE_FILE: at(data, 'hearthwatch.db'), ...settings })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'volumes-'))
    for (const [path, owner] of [
      ['secrets/house', 0],
      ['secrets/broker', broker],
      ['secrets/monitor', node],
      ['secrets/empty', node],
      ['data', node],
      ['clone', node],
    ] as const) {
      mkdirSync(at(path), { recursive: true, mode: 0o700 })
      if (isRoot) chownSync(at(path), owner, owner)
    }
    writeFileSync(at('secrets/broker/passwd'), 'pi-1:hash\n', { mode: 0o600 })
    if (isRoot) chownSync(at('secrets/broker/passwd'), broker, broker)
    writeFileSync(at('secrets/house/ca.key'), 'the key of the authority\n', { mode: 0o600 })
    writeFileSync(at('secrets/monitor/dashboard-password'), 'geheim\n', { mode: 0o600 })
    writeFileSync(at('clone/.env'), 'TZ=Asia/Taipei\n')
    openStore(at('data', 'hearthwatch.db')).close()
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Empty volumes, as on a new machine. */
  const newMachine = () => {
    for (const path of ['new/secrets/house', 'new/secrets/broker', 'new/secrets/monitor', 'new/clone', 'new-data'])
      mkdirSync(at(path), { recursive: true })
    if (isRoot) chownSync(at('new-data'), node, node)
    chmodSync(at('new-data'), 0o700)
  }
  const passwd = () => at('new/secrets/broker/passwd')

  it('are part of each backup if they are encrypted, and are restored with their owners', async () => {
    const identity = await generateX25519Identity()
    writeFileSync(at('key.txt'), `${identity}\n`)
    const settings = { BACKUP_KEY: await identityToRecipient(identity) }
    const kept = await run('keep-secrets', ['--root', folder], settings)
    assert.equal(kept.code, 0, kept.error)
    const file = at('data/backups/house-secrets.tar.gz.age')
    assert.deepEqual([statSync(file).uid, statSync(file).mode & 0o777], [node, 0o600])
    assert.equal(statSync(at('data/backups')).uid, node)

    const { last } = await run('backup', [], settings)
    newMachine()
    const args = [last, '--yes', '--root', at('new'), '--identity', at('key.txt')]
    const restored = await run('restore', args, {}, 'new-data')
    assert.equal(restored.code, 0, restored.error)
    assert.match(restored.out, /Restored: clone\/\.env\nRestored: secrets\/broker\n/)
    assert.equal(readFileSync(passwd(), 'utf8'), 'pi-1:hash\n')
    assert.deepEqual([statSync(passwd()).uid, statSync(passwd()).mode & 0o777], [broker, 0o600])
    assert.equal(readFileSync(at('new/secrets/house/ca.key'), 'utf8'), 'the key of the authority\n')
    assert.equal(readFileSync(at('new/clone/.env'), 'utf8'), 'TZ=Asia/Taipei\n')
    for (const name of readdirSync(at('new-data'))) assert.equal(statSync(at('new-data', name)).uid, node, name)
  })

  it('are for this user alone and in no backup if they are not encrypted; they are restored from their own file', async () => {
    await run('keep-secrets', ['--root', folder], { BACKUP_KEY: await identityToRecipient(await generateX25519Identity()) })
    const kept = await run('keep-secrets', ['--root', folder])
    assert.equal(kept.code, 0, kept.error)
    assert.deepEqual(readdirSync(at('data/backups')), ['house-secrets.tar.gz'])
    const file = at('data/backups/house-secrets.tar.gz')
    assert.deepEqual([statSync(file).uid, statSync(file).mode & 0o777], [process.getuid?.(), 0o600])
    const { last } = await run('backup', [])
    newMachine()
    writeFileSync(at('new/clone/.env'), 'TZ=Europe/Berlin\n')
    const first = await run('restore', [last, '--yes', '--root', at('new')], {}, 'new-data')
    assert.match(first.out, /This backup has no secrets: restore house-secrets\.tar\.gz/)
    const second = await run('restore', [file, '--yes', '--root', at('new')], {}, 'new-data')
    assert.equal(second.code, 0, second.error)
    assert.equal(readFileSync(passwd(), 'utf8'), 'pi-1:hash\n')
    assert.equal(readFileSync(at('new/clone/.env'), 'utf8'), 'TZ=Europe/Berlin\n', 'an existing .env stays')
  })

  it('are never written through a link that the owner of the folder has put there', async () => {
    mkdirSync(at('data/backups'))
    writeFileSync(at('victim'), 'untouched')
    for (const name of ['house-secrets.tar.gz', 'house-secrets.tar.gz.new']) symlinkSync(at('victim'), at('data/backups', name))
    assert.equal((await run('keep-secrets', ['--root', folder])).code, 0)
    assert.equal(readFileSync(at('victim'), 'utf8'), 'untouched')
  })

  it('that do not exist yet are an error, and so is a file that is none of ours', async () => {
    for (const name of ['house', 'broker', 'monitor']) rmSync(at('secrets', name), { recursive: true })
    const { code, error } = await run('keep-secrets', ['--root', folder])
    assert.deepEqual([code, error], [1, 'There are no secrets yet: setup makes them.'])
    newMachine()
    writeFileSync(at('house-secrets.tar.gz'), 'something else')
    const restored = await run('restore', [at('house-secrets.tar.gz'), '--yes', '--root', at('new')], {}, 'new-data')
    assert.equal(restored.code, 1)
    assert.match(restored.error, /^The secrets cannot be restored: /)
  })
})
