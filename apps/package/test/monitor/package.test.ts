import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Room } from '@hearthwatch/api/rooms'
import { readEnv } from '@hearthwatch/settings'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { freePorts } from '@hearthwatch/testhouse/ports'
import { connectAsync } from 'mqtt'
import { root as repository } from '../../contents.ts'
import { buildMonitorPackage } from '../../monitor/build-monitor.ts'
import { dependenciesOf } from '../../monitor/dependencies.ts'
import { unit } from '../../monitor/unit.ts'

/** Stands in for Node's program, which is large: the Node of this test. */
const node = { binary: Buffer.from(`#!/bin/sh\nexec '${process.execPath}' "$@"\n`), license: Buffer.from('Node') }
const isRoot = process.getuid?.() === 0

describe('The package of the monitor', need('dpkg'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'))
  const root = join(folder, 'root')
  const env = join(root, 'etc/hearthwatch-monitor/monitor.env')
  const state = join(root, 'var/lib/hearthwatch-monitor')
  const lib = join(root, 'usr/lib/hearthwatch-monitor')
  let first: string
  let next: string

  before(async () => {
    for (const path of ['var/lib/dpkg/updates', 'var/lib/dpkg/info', 'etc']) mkdirSync(join(root, path), { recursive: true })
    for (const file of ['status', 'available']) writeFileSync(join(root, 'var/lib/dpkg', file), '')
    first = (await buildMonitorPackage({ arch: 'amd64', out: folder, node })).file
    next = (await buildMonitorPackage({ arch: 'amd64', out: folder, node, version: '1.0.1' })).file
  })
  after(() => rmSync(folder, { recursive: true }))

  /** Its scripts run outside of the root, with its path in DPKG_ROOT. */
  const forced = '--force-script-chrootless,depends,not-root,confold,unsafe-io'
  const dpkg = (...args: string[]) =>
    execFileSync('dpkg', [`--root=${root}`, forced, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const wanted = join(root, 'etc/systemd/system/multi-user.target.wants')
  const isEnabled = () => existsSync(wanted) && readdirSync(wanted).includes('hearthwatch-monitor.service')
  /** Runs a program of the package as the service does. */
  const start = (program: string, args: readonly string[] = [], more: Record<string, string> = {}) =>
    spawn(join(lib, 'node'), [join(lib, program), ...args], {
      cwd: state,
      env: { PATH: process.env.PATH, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const run = async (program: string, ...args: string[]) => {
    const child = start(program, args)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        output += text
      })
    const [code] = await once(child, 'close')
    assert.equal(code, 0, output)
    return output
  }

  it('is the same twice, byte by byte', async () => {
    const again = await buildMonitorPackage({ arch: 'amd64', out: join(folder, 'again'), node })
    assert.ok(readFileSync(first).equals(readFileSync(again.file)))
  })

  it('is read by dpkg; every file belongs to root, and SQLite is that of its architecture alone', async () => {
    const list = execFileSync('dpkg-deb', ['--contents', first], { encoding: 'utf8', maxBuffer: 1 << 26 })
      .trim()
      .split('\n')
    assert.ok(list.every((line) => / root\/root /.test(line)))
    const binaries = (lines: readonly string[]) => lines.flatMap((line) => /prebuilds\/(\S+\.node)$/.exec(line)?.[1] ?? [])
    assert.deepEqual(binaries(list), ['linux-x64.node'])
    const { file } = await buildMonitorPackage({ arch: 'arm64', out: folder, node })
    assert.deepEqual(
      binaries(
        execFileSync('dpkg-deb', ['--contents', file], { encoding: 'utf8', maxBuffer: 1 << 26 })
          .trim()
          .split('\n'),
      ),
      ['linux-arm64.node'],
    )
    assert.equal(execFileSync('dpkg-deb', ['--field', file, 'Architecture'], { encoding: 'utf8' }), 'arm64\n')
  })

  it('installs its command, its unit, and its settings, which its own user alone can read', { skip: isRoot ? false : 'needs root' }, () => {
    dpkg('--install', first)
    const [, uid = ''] = /^hearthwatch-monitor:[^:]*:(\d+):/m.exec(readFileSync(join(root, 'etc/passwd'), 'utf8')) ?? []
    assert.deepEqual([statSync(env).mode & 0o777, statSync(state).mode & 0o777], [0o600, 0o700])
    for (const path of [env, state]) assert.equal(String(statSync(path).uid), uid)
    assert.ok(lstatSync(join(state, '.env')).isSymbolicLink())
    assert.ok(isEnabled())
    assert.deepEqual(spawnSync('dpkg', [`--root=${root}`, '--verify', 'hearthwatch-monitor'], { encoding: 'utf8' }).stdout, '')
  })

  it('sets its house up, stores a reading and serves the page', { skip: isRoot ? false : 'needs root' }, async () => {
    await run('apps/cli/setup.ts', '--without-sensor')
    assert.ok(lstatSync(join(state, '.env')).isSymbolicLink())
    const { DASHBOARD_PASSWORD: password = '', HTTP_HOST } = readEnv(readFileSync(env, 'utf8'))
    assert.equal(HTTP_HOST, '127.0.0.1')
    assert.ok(!existsSync(join(state, '.env.sensor')))
    const [page, broker] = await freePorts(2)
    const monitor: ChildProcess = start('apps/monitor/main.ts', [], {
      HTTP_PORT: `${page}`,
      BROKER_PORT: `${broker}`,
      BROKER_TLS_PORT: '0',
    })
    let log = ''
    monitor.stderr?.on('data', (text: Buffer) => {
      log += text
    })
    try {
      await eventually(() => log.includes('the page is ready')).catch(() => assert.fail(log))
      const guest = readEnv(readFileSync(join(state, '.env.guest'), 'utf8'))
      const client = await connectAsync(`mqtt://127.0.0.1:${broker}`, {
        username: 'guest',
        password: guest.MQTT_PASSWORD ?? '',
        reconnectPeriod: 0,
      })
      await client.publishAsync('home/kitchen/temperature', '21.5', { qos: 1 })
      await client.endAsync()
      const headers = { 'content-type': 'application/json' }
      const session = await fetch(`http://127.0.0.1:${page}/api/session`, { method: 'POST', headers, body: JSON.stringify({ password }) })
      const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      const rooms = async () => (await (await fetch(`http://127.0.0.1:${page}/api/rooms`, { headers: { cookie } })).json()) as Room[]
      await eventually(async () => (await rooms()).some(({ quantities }) => quantities.temperature?.value === 21.5))
      const html = await (await fetch(`http://127.0.0.1:${page}/`)).text()
      const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(html) ?? []
      assert.equal((await fetch(`http://127.0.0.1:${page}${script}`)).status, 200)
    } finally {
      const ended = once(monitor, 'exit')
      monitor.kill()
      assert.deepEqual(await ended, [0, null], log)
    }
  })

  it('has all that its commands need', { skip: isRoot ? false : 'needs root' }, async () => {
    const commands = readdirSync(join(lib, 'apps/monitor/commands')).filter((file) => file !== 'run.ts')
    const helps = await Promise.all(commands.map((command) => run(`apps/monitor/commands/${command}`, '--help')))
    for (const help of helps) assert.match(help, /--help/)
    assert.match((await run('apps/monitor/commands/backup.ts')).trim(), /hearthwatch-\w+\.tar\.gz$/)
  })

  it('keeps settings, readings and a disabled unit in an upgrade', { skip: isRoot ? false : 'needs root' }, () => {
    const before = readFileSync(join(state, 'data/hearthwatch.db'))
    appendFileSync(env, 'MAIL_TO=ann@example.com\n')
    rmSync(wanted, { recursive: true })
    dpkg('--install', next)
    assert.match(readFileSync(env, 'utf8'), /DASHBOARD_PASSWORD=.*MAIL_TO=ann@example\.com/s)
    assert.ok(readFileSync(join(state, 'data/hearthwatch.db')).equals(before))
    assert.ok(!isEnabled())
  })

  it('keeps readings and authority in a purge, unless the person has said otherwise', { skip: isRoot ? false : 'needs root' }, () => {
    dpkg('--remove', 'hearthwatch-monitor')
    assert.ok(existsSync(env))
    assert.match(dpkg('--purge', 'hearthwatch-monitor'), /readings of years and the authority/)
    assert.ok(!existsSync(join(root, 'etc/hearthwatch-monitor')) && !existsSync(lib))
    for (const file of ['data/hearthwatch.db', 'mosquitto/certs/ca.key']) assert.ok(existsSync(join(state, file)), file)
    writeFileSync(join(state, 'may-be-purged'), '')
    execFileSync('sh', [join(repository, 'apps/package/monitor/postrm'), 'purge'], { env: { ...process.env, DPKG_ROOT: root } })
    assert.ok(!existsSync(state))
  })
})

describe('The files of the package of the monitor', () => {
  it('are sources and libraries that run, without those of tests and tools', () => {
    const { workspaces, libraries, links } = dependenciesOf(['apps/monitor', 'apps/cli'])
    assert.ok(workspaces.includes('packages/broker') && libraries.includes('node_modules/better-sqlite3'))
    for (const library of ['typescript', 'vite', 'playwright-core', 'smtp-server'])
      assert.ok(!libraries.includes(`node_modules/${library}`), library)
    assert.ok(!workspaces.includes('testhouse'))
    assert.equal(links.get('node_modules/@hearthwatch/files'), 'packages/files')
  })

  it('have scripts without a fault for shellcheck', need('shellcheck'), () => {
    const names = ['hearthwatch-monitor.sh', 'postinst', 'prerm', 'postrm']
    execFileSync(
      'shellcheck',
      names.map((name) => join(repository, 'apps/package/monitor', name)),
      { stdio: 'pipe' },
    )
  })

  it('have a unit that systemd accepts, with an exposure below 2.0', need('systemd'), (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'unit-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'hearthwatch-monitor.service')
    writeFileSync(file, unit)
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
    // The program is not installed here.
    const own = stderr.split('\n').filter((line) => line.includes('hearthwatch-monitor') && !/not executable/.test(line))
    assert.deepEqual(own, [])
    execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], { stdio: 'pipe' })
  })
})
