import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { need } from '@hearthwatch/testhouse/need'
import { runSetup } from '../command.ts'
import { unitText } from '../systemd/unit.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('A unit for a program of a clone', () => {
  it('runs as the owner, writes in the clone alone, and comes back after each end', () => {
    const text = unitText({ program: 'sensor', dir: '/home/mei/hearthwatch', user: 'mei', node: '/usr/bin/node' })
    for (const line of [
      'User=mei',
      'WorkingDirectory=/home/mei/hearthwatch',
      'ExecStart=/usr/bin/node --max-semi-space-size=4 /home/mei/hearthwatch/apps/sensor/main.ts',
      'ReadWritePaths=/home/mei/hearthwatch',
      'ProtectSystem=strict',
      'NoNewPrivileges=yes',
      'Restart=always',
    ])
      assert.ok(text.split('\n').includes(line), line)
  })

  it('holds a path with spaces, % and $ as it is', () => {
    const text = unitText({ program: 'monitor', dir: '/srv/my house 50%/$x', user: 'mei', node: '/usr/bin/node' })
    assert.match(text, /^WorkingDirectory=\/srv\/my house 50%%\/\$x$/m)
    assert.match(text, /^ExecStart=\/usr\/bin\/node --max-semi-space-size=4 "\/srv\/my house 50%%\/\$\$x\/apps\/monitor\/main\.ts"$/m)
  })
})

describe('setup service', () => {
  let dir: string
  const setup = (...args: string[]) => runSetup(['service', ...args, '--dir', dir, '--out', join(dir, 'units')])
  before(async () => {
    dir = await temporaryFolder()
  })
  after(() => rm(dir, { recursive: true }))

  it('needs settings first', async () => {
    assert.deepEqual(await setup(), { code: 1, output: '', errors: '.env does not exist; npm run setup creates it.\n' })
  })

  it('writes the monitor, and the sensor if it has settings, and says what to type', async () => {
    await runSetup(['--dir', dir])
    const { code, output } = await setup()
    assert.equal(code, 0)
    assert.deepEqual(await readdir(join(dir, 'units')), ['hearthwatch-monitor.service', 'hearthwatch-sensor.service'])
    assert.match(output, /sudo systemctl enable --now hearthwatch-monitor\.service hearthwatch-sensor\.service/)
  })

  it('writes one of them by name, with --json for programs', async () => {
    const { output } = await setup('monitor', '--json')
    assert.deepEqual(JSON.parse(output).files, [join(dir, 'units/hearthwatch-monitor.service')])
    assert.match(await readFile(join(dir, 'units/hearthwatch-monitor.service'), 'utf8'), /Description=Hearthwatch monitor/)
  })

  it('refuses another name', async () => {
    const { code, errors } = await setup('broker')
    assert.equal(code, 2)
    assert.match(errors, /service accepts monitor and sensor, not "broker"/)
  })

  it('makes units that systemd accepts, with an exposure below 2.0', need('systemd'), async () => {
    for (const name of await readdir(join(dir, 'units'))) {
      const unit = join(dir, 'units', name)
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
      const own = stderr.split('\n').filter((line) => line.includes(name))
      assert.deepEqual(own, [])
      execFileSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', unit], { stdio: 'pipe' })
    }
  })
})
