import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { need } from '@hearthwatch/testhouse/need'
import { fingerprintOf, keysFor, typeOf } from '../../../backup/remote/known-hosts.ts'

describe('known_hosts', need('sshd'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'known-'))
  const at = (name: string) => join(folder, name)
  let key = ''
  before(() => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host')])
    key = readFileSync(at('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
  })
  after(() => rmSync(folder, { recursive: true }))

  it('names a server by host, by host and port, by a pattern, and by none of them', () => {
    assert.equal(keysFor(`nas,192.168.1.9 ${key}\n`, 'NAS', 22).length, 1)
    assert.equal(keysFor(`nas ${key}\n`, 'nas', 2222).length, 0)
    assert.equal(keysFor(`[nas]:2222 ${key}\n`, 'nas', 2222).length, 1)
    assert.equal(keysFor(`*.home,!old.home ${key}\n`, 'nas.home', 22).length, 1)
    assert.equal(keysFor(`*.home,!old.home ${key}\n`, 'old.home', 22).length, 0)
    assert.equal(keysFor(`nas.home ${key}\n`, 'nasXhome', 22).length, 0)
    assert.equal(keysFor(`# nas ${key}\n\nnas\n@cert-authority nas ${key}\n`, 'nas', 22).length, 0)
    assert.equal(keysFor(`@revoked nas ${key}\n`, 'nas', 22)[0]?.isRevoked, true)
  })

  it('is read as ssh-keygen hashes it', () => {
    writeFileSync(at('known_hosts'), `[nas]:2222 ${key}\n`)
    execFileSync('ssh-keygen', ['-H', '-f', at('known_hosts')], { stdio: 'ignore' })
    const text = readFileSync(at('known_hosts'), 'utf8')
    assert.match(text, /^\|1\|/)
    assert.equal(keysFor(text, 'nas', 2222).length, 1)
    assert.equal(keysFor(text, 'other', 2222).length, 0)
  })

  it('gives the type and the fingerprint that ssh-keygen prints', () => {
    const [found] = keysFor(`nas ${key}`, 'nas', 22)
    assert.ok(found)
    assert.equal(typeOf(found.key), 'ssh-ed25519')
    assert.match(
      execFileSync('ssh-keygen', ['-lf', at('host.pub')], { encoding: 'utf8' }),
      new RegExp(RegExp.escape(fingerprintOf(found.key))),
    )
  })
})
