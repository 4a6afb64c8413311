import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { need } from '@hearthwatch/testhouse/need'
import { buildPackage } from '../build-package.ts'

/** Stands in for Node's program, which is large: the Node of this test. */
const node = { binary: Buffer.from(`#!/bin/sh\nexec '${process.execPath}' "$@"\n`), license: Buffer.from('Node') }

describe('The package of the sensor', need('dpkg'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'))
  const root = join(folder, 'root')
  const env = join(root, 'etc/hearthwatch-sensor/sensor.env')
  const state = join(root, 'var/lib/hearthwatch-sensor')
  let first: string
  let next: string

  before(async () => {
    for (const path of ['var/lib/dpkg/updates', 'var/lib/dpkg/info']) mkdirSync(join(root, path), { recursive: true })
    for (const file of ['status', 'available']) writeFileSync(join(root, 'var/lib/dpkg', file), '')
    first = (await buildPackage({ arch: 'amd64', out: folder, node })).file
    next = (await buildPackage({ arch: 'amd64', out: folder, node, version: '1.0.1' })).file
  })
  after(() => rmSync(folder, { recursive: true }))

  /** Its scripts run outside of the root, with its path in DPKG_ROOT. */
  const forced = '--force-script-chrootless,depends,not-root,confold,unsafe-io'
  const dpkg = (...args: string[]) =>
    execFileSync('dpkg', [`--root=${root}`, forced, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  // A link to a file outside of the root.
  const wanted = join(root, 'etc/systemd/system/multi-user.target.wants')
  const isEnabled = () => existsSync(wanted) && readdirSync(wanted).includes('hearthwatch-sensor.service')

  /** Makes an outbox with this number of readings that are not acknowledged. */
  function fillOutbox(waiting: number): void {
    const script = `
      const { DatabaseSync } = require('node:sqlite')
      const database = new DatabaseSync(process.argv[1])
      database.exec('CREATE TABLE state (cursor); CREATE TABLE rows (seq); CREATE TABLE quarantine (seq); INSERT INTO state VALUES (7)')
      for (let i = 1; i <= 7 + Number(process.argv[2]); i++) database.prepare('INSERT INTO rows VALUES (?)').run(i)`
    mkdirSync(state, { recursive: true })
    execFileSync(process.execPath, ['-e', script, join(state, 'pi-1.db'), String(waiting)])
  }

  it('is the same twice, byte by byte', async () => {
    const again = await buildPackage({ arch: 'amd64', out: join(folder, 'again'), node })
    assert.ok(readFileSync(first).equals(readFileSync(again.file)))
  })

  it('is read by dpkg, and every file belongs to root', () => {
    const list = execFileSync('dpkg-deb', ['--contents', first], { encoding: 'utf8' }).trim().split('\n')
    assert.ok(list.every((line) => / root\/root /.test(line)))
    const depends = execFileSync('dpkg-deb', ['--field', first, 'Package', 'Version', 'Architecture'], { encoding: 'utf8' })
    assert.equal(depends, 'Package: hearthwatch-sensor\nVersion: 1.0.0\nArchitecture: amd64\n')
  })

  it('installs its command, its unit and its settings, which only root can read', () => {
    dpkg('--install', first)
    assert.equal(statSync(env).mode & 0o777, 0o600)
    const command = join(root, 'usr/bin/hearthwatch-sensor')
    assert.equal(spawnSync('sh', ['-n', command]).status, 0)
    assert.ok(isEnabled())
    assert.deepEqual(spawnSync('dpkg', [`--root=${root}`, '--verify', 'hearthwatch-sensor'], { encoding: 'utf8' }).stdout, '')
  })

  it('keeps changed settings and a disabled unit in an upgrade', () => {
    appendFileSync(env, 'ROOM=kitchen\n')
    rmSync(wanted, { recursive: true })
    dpkg('--install', next)
    assert.match(readFileSync(env, 'utf8'), /ROOM=kitchen/)
    assert.ok(!isEnabled())
  })

  it('keeps settings and readings when it is removed, and readings without an acknowledgement when it is purged', () => {
    fillOutbox(3)
    dpkg('--remove', 'hearthwatch-sensor')
    assert.ok(existsSync(env))
    assert.match(dpkg('--purge', 'hearthwatch-sensor'), /no monitor has acknowledged/)
    assert.ok(!existsSync(join(root, 'etc/hearthwatch-sensor')))
    assert.ok(existsSync(join(state, 'pi-1.db')))
  })

  it('deletes them in a purge if the person has said so', () => {
    dpkg('--install', next)
    writeFileSync(join(state, 'may-be-purged'), '')
    dpkg('--purge', 'hearthwatch-sensor')
    assert.ok(!existsSync(state))
  })

  it('leaves nothing behind in a purge if the monitor has acknowledged every reading', () => {
    dpkg('--install', next)
    fillOutbox(0)
    dpkg('--purge', 'hearthwatch-sensor')
    assert.deepEqual(readdirSync(join(root, 'var/lib')), ['dpkg', 'systemd'])
    assert.ok(!existsSync(join(root, 'usr/lib/hearthwatch-sensor')))
  })
})
