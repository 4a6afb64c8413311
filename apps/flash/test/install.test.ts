import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { access, chmod, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { need } from '@hearthwatch/testhouse/need'
import { writeFiles } from './card-folder.ts'

const installer = join(import.meta.dirname, '../install.sh')

describe('install.sh on the Pi', { skip: process.platform === 'linux' ? false : 'it runs on Linux only' }, () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pi-'))
    await writeFiles(root, {
      'boot/cmdline.txt': 'console=tty1 rootwait\n',
      'boot/hearthwatch-sensor/flashed-at': '1700000000\n',
      'boot/hearthwatch-sensor/hearthwatch-sensor_1.0.0_arm64.deb': 'package 1',
      'boot/hearthwatch-sensor/conf/sensor.env': 'ROOM=kitchen\nMQTT_PASSWORD=secret\n',
      'boot/hearthwatch-sensor/conf/ca.crt': 'authority\n',
      'boot/hearthwatch-sensor/conf/wifi.nmconnection': 'psk=secret\n',
      'var/lib/systemd/rfkill/platform-wlan:wlan': '1\n',
      'var/lib/NetworkManager/NetworkManager.state': '[main]\nWirelessEnabled=false\n',
      'etc/passwd': `root:x:0:0::/root:/bin/sh\npi:x:1000:1000::/home/pi:/bin/bash\n`,
      'etc/hosts': '127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n',
      // The programs of the Pi write down how they are called.
      'bin/dpkg': `#!/bin/sh\n[ "$1" = --print-architecture ] && { echo "\${ARCH:-arm64}"; exit; }\necho "dpkg $*" >>${root}/calls\n[ -z "$BROKEN" ] || { echo "dpkg: error: no space"; exit 1; }\n`,
      'bin/dpkg-query': '#!/bin/sh\necho 1.0.0\n',
      'bin/systemctl': `#!/bin/sh\necho "systemctl $*" >>${root}/calls\n`,
      'bin/hostname': '#!/bin/sh\n',
      'bin/rfkill': '#!/bin/sh\n',
      'bin/sync': '#!/bin/sh\n',
    })
    for (const name of ['dpkg', 'dpkg-query', 'systemctl', 'hostname', 'rfkill', 'sync']) await chmod(join(root, 'bin', name), 0o755)
    await mkdir(join(root, 'home/pi'), { recursive: true })
  })
  afterEach(() => rm(root, { recursive: true }))

  const run = async (more: Record<string, string> = {}) => {
    await rm(join(root, 'calls'), { force: true })
    const env = { ...process.env, HEARTHWATCH_ROOT: root, HEARTHWATCH_PATH: join(root, 'bin'), ...more }
    const { stdout, stderr, code } = await promisify(execFile)('sh', [installer, join(root, 'boot/hearthwatch-sensor')], { env }).then(
      (result) => ({ ...result, code: 0 }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    assert.deepEqual([stdout, stderr], ['', ''])
    return code
  }
  const read = (file: string) => readFile(join(root, file), 'utf8')
  const calls = () => read('calls').catch(() => '')
  const exists = (file: string) =>
    access(join(root, file)).then(
      () => true,
      () => false,
    )

  it('the first start installs configuration, Wi-Fi and package, and deletes the secrets from the card', async () => {
    assert.equal(await run(), 0)
    assert.equal(await read('etc/hearthwatch-sensor/sensor.env'), 'ROOM=kitchen\nMQTT_PASSWORD=secret\n')
    const modes = { 'etc/hearthwatch-sensor/sensor.env': 0o600, 'etc/hearthwatch-sensor/ca.crt': 0o644 }
    const wifi = 'etc/NetworkManager/system-connections/hearthwatch-sensor.nmconnection'
    for (const [file, mode] of Object.entries({ ...modes, [wifi]: 0o600 }))
      assert.equal((await stat(join(root, file))).mode & 0o777, mode, file)
    assert.match(await read('var/lib/NetworkManager/NetworkManager.state'), /WirelessEnabled=true/)
    assert.equal(await read('var/lib/systemd/rfkill/platform-wlan:wlan'), '0\n')
    assert.match(
      await calls(),
      /^dpkg --force-confold -i \S+_1\.0\.0_arm64\.deb\nsystemctl enable hearthwatch-sensor\.service\nsystemctl --no-block start/,
    )
    assert.ok(!(await exists('boot/hearthwatch-sensor/conf')))
    assert.ok((await exists('var/lib/systemd/timesync/clock')) === Date.now() / 1000 < 1_700_000_000)
    assert.match(await read('boot/hearthwatch-sensor/install.log'), /secrets deleted[\s\S]*ready: hearthwatch-sensor 1\.0\.0\n$/)
  })

  it('later starts do nothing, within a second', async () => {
    await run()
    const log = await read('boot/hearthwatch-sensor/install.log')
    const start = performance.now()
    assert.equal(await run(), 0)
    assert.ok(performance.now() - start < 5000)
    assert.equal(await calls(), '')
    assert.equal(await read('boot/hearthwatch-sensor/install.log'), log)
  })

  it('a newer package on the card is an upgrade; new settings restart the sensor', async () => {
    await run()
    await rm(join(root, 'boot/hearthwatch-sensor/hearthwatch-sensor_1.0.0_arm64.deb'))
    await writeFiles(root, { 'boot/hearthwatch-sensor/hearthwatch-sensor_1.1.0_arm64.deb': 'package 2' })
    await run()
    assert.match(await calls(), /dpkg --force-confold -i \S+_1\.1\.0_arm64\.deb/)
    await writeFiles(root, { 'boot/hearthwatch-sensor/conf/sensor.env': 'ROOM=attic\n' })
    await run()
    assert.match(await calls(), /^systemctl enable \S+\nsystemctl --no-block restart /)
    assert.equal(await read('etc/hearthwatch-sensor/sensor.env'), 'ROOM=attic\n')
  })

  it('a package that cannot be installed is tried again at the next start, with the reason in the log', async () => {
    assert.equal(await run({ BROKEN: '1' }), 1)
    assert.match(await read('boot/hearthwatch-sensor/install.log'), /dpkg: error: no space\n.* ERROR the package cannot be installed/)
    assert.ok(await exists('boot/hearthwatch-sensor/conf'))
    assert.equal(await run(), 0)
    assert.ok(!(await exists('boot/hearthwatch-sensor/conf')))
  })

  it('a 32-bit system is refused in the log', async () => {
    assert.equal(await run({ ARCH: 'armhf' }), 1)
    assert.match(await read('boot/hearthwatch-sensor/install.log'), /ERROR this system is armhf, not arm64/)
    assert.ok(!(await exists('etc/hearthwatch-sensor')))
  })

  it('started by systemd.run, it takes its words out of the kernel line first, even if all else fails', async () => {
    const own = 'systemd.run="/bin/sh /boot/firmware/hearthwatch-sensor/install.sh /boot/firmware/hearthwatch-sensor"'
    await writeFiles(root, {
      'boot/cmdline.txt': `console=tty1 rootwait ${own} systemd.run_success_action=reboot systemd.unit=kernel-command-line.target\n`,
    })
    assert.equal(await run({ BROKEN: '1' }), 1)
    assert.equal(await read('boot/cmdline.txt'), 'console=tty1 rootwait\n')
  })

  const isRoot = process.getuid?.() === 0
  it('host name and ssh key are set for the first user', { skip: isRoot ? false : 'only root can change owners' }, async () => {
    await writeFiles(root, {
      'boot/hearthwatch-sensor/conf/hostname': 'pi-attic\n',
      'boot/hearthwatch-sensor/conf/authorized_keys': 'ssh-ed25519 AAAA\n',
    })
    assert.equal(await run(), 0)
    assert.equal(await read('etc/hostname'), 'pi-attic\n')
    assert.match(await read('etc/hosts'), /127\.0\.1\.1\tpi-attic/)
    assert.equal(await read('home/pi/.ssh/authorized_keys'), 'ssh-ed25519 AAAA\n')
    assert.equal((await stat(join(root, 'home/pi/.ssh'))).uid, 1000)
  })

  it('shellcheck finds no fault', need('shellcheck'), async () => {
    await promisify(execFile)('shellcheck', [installer])
  })
})
