import assert from 'node:assert/strict'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { readEnv } from '@hearthwatch/settings'
import { FlashUsageError, readOptions } from '../arguments.ts'
import { CardError } from '../boot/partition.ts'
import { flash } from '../flash.ts'
import { bookworm, cardFolder, trixie, writeFiles } from './card-folder.ts'

describe('npm run flash', () => {
  let house: string
  let deb: string
  const folders: string[] = []
  before(async () => {
    house = await mkdtemp(join(tmpdir(), 'house-'))
    deb = join(house, 'hearthwatch-sensor_1.0.0_arm64.deb')
    await writeFile(deb, '!<arch>\npackage')
  })
  after(async () => {
    for (const folder of [house, ...folders]) await rm(folder, { recursive: true })
  })

  const newCard = async (files?: Readonly<Record<string, string>>) => {
    const folder = await cardFolder(files)
    folders.push(folder)
    return folder
  }
  const run = async (card: string, ...args: string[]) => {
    const said: string[] = []
    const printed: string[] = []
    const options = readOptions(['--drive', card, '--dir', house, '--no-compose', '--broker', '192.168.1.10', '--package', deb, ...args])
    const progress = { step: () => {}, say: (text: string) => void said.push(text) }
    const code = await flash(options, {
      ...{ language: 'en', isAsking: false, progress, signal: new AbortController().signal },
      print: (text) => void printed.push(text),
    })
    return { code, text: [...said, ...printed].join('\n') }
  }
  const read = (card: string, file: string) => readFile(join(card, file), 'utf8')
  const has = (card: string, file: string) =>
    access(join(card, file)).then(
      () => true,
      () => false,
    )

  it('a card for a broker that requires certificates gets one with its key', async () => {
    const card = await newCard()
    const env = await readFile(join(house, '.env'), 'utf8').catch(() => '')
    await writeFile(join(house, '.env'), `${env}BROKER_CLIENT_CERTIFICATES=required\n`)
    assert.equal((await run(card, '--room', 'loft', '--id', 'pi-loft')).code, 0)
    for (const [name, file] of [
      ['client.crt', 'client-pi-loft.crt'],
      ['client.key', 'client-pi-loft.key'],
    ])
      assert.equal(await read(card, `hearthwatch-sensor/conf/${name}`), await read(house, `mosquitto/certs/${file}`))
    await writeFile(join(house, '.env'), env)
  })

  it('a fresh card of Trixie gets the package, the login, the overlay, and a line that starts the installer', async () => {
    const card = await newCard()
    const { code, text } = await run(card, '--room', '客廳', '--id', 'pi-1')
    assert.equal(code, 0)
    assert.match(text, /The card is ready: the sensor pi-1 in 客廳 will send to mqtts:\/\/192\.168\.1\.10:8883/)
    const env = readEnv(await read(card, 'hearthwatch-sensor/conf/sensor.env'))
    assert.deepEqual([env.ROOM, env.MQTT_URL, env.MQTT_CA_FILE], ['客廳', 'mqtts://192.168.1.10:8883', 'ca.crt'])
    const passwords = parsePasswords(await read(house, 'mosquitto/passwd'))
    assert.ok(await verify(passwords, 'pi-1', env.MQTT_PASSWORD ?? ''))
    assert.equal(await read(card, 'hearthwatch-sensor/conf/ca.crt'), await read(house, 'mosquitto/certs/ca.crt'))
    assert.equal(await read(card, 'hearthwatch-sensor/hearthwatch-sensor_1.0.0_arm64.deb'), '!<arch>\npackage')
    assert.match(
      await read(card, 'vendor-data'),
      /^#cloud-config\n[\s\S]*bootcmd:\n {2}- \[ sh, \/boot\/firmware\/hearthwatch-sensor\/install\.sh,/,
    )
    assert.match(
      await read(card, 'config.txt'),
      /\n# BEGIN hearthwatch-sensor\n\[all\]\ndtoverlay=w1-gpio,gpiopin=4\n# END hearthwatch-sensor\n$/,
    )
    assert.ok(Math.abs(Number(await read(card, 'hearthwatch-sensor/flashed-at')) - Date.now() / 1000) < 60)
    for (const file of ['user-data', 'meta-data', 'cmdline.txt', 'network-config']) assert.equal(await read(card, file), trixie[file], file)
    assert.ok(!text.includes(env.MQTT_PASSWORD ?? '-'))
  })

  it('a second run keeps the login, replaces the block and the package, and needs no room', async () => {
    const card = await newCard()
    await run(card, '--room', 'kitchen', '--id', 'pi-2', '--probe', 'bme280:0x77')
    const env = await read(card, 'hearthwatch-sensor/conf/sensor.env')
    assert.match(await read(card, 'config.txt'), /dtparam=i2c_arm=on\ndtoverlay=i2c-sensor,bme280,addr=0x77\n/)
    const newer = join(house, 'hearthwatch-sensor_1.1.0_arm64.deb')
    await writeFile(newer, '!<arch>\nnewer')
    const { text } = await run(card, '--package', newer)
    assert.match(text, /has the sensor pi-2 already/)
    assert.equal(await read(card, 'hearthwatch-sensor/conf/sensor.env'), env)
    assert.equal((await read(card, 'config.txt')).match(/# BEGIN/g)?.length, 1)
    assert.doesNotMatch(await read(card, 'config.txt'), /bme280/)
    assert.ok(!(await has(card, 'hearthwatch-sensor/hearthwatch-sensor_1.0.0_arm64.deb')))
  })

  it('a card that is flashed for another room moves its sensor', async () => {
    const card = await newCard()
    await run(card, '--room', 'kitchen', '--id', 'pi-3')
    await run(card, '--room', 'attic')
    assert.equal(readEnv(await read(card, 'hearthwatch-sensor/conf/sensor.env')).ROOM, 'attic')
    assert.match(await read(house, 'mosquitto/acl.made'), /user pi-3\ntopic write home\/attic\//)
  })

  it('Wi-Fi is a connection of NetworkManager with the hashed key, and the country is in the one line of the kernel', async () => {
    const card = await newCard({ ...trixie, 'cmdline.txt': 'console=tty1 cfg80211.ieee80211_regdom=GB rootwait\n\n' })
    await run(card, '--room', 'hall', '--wifi', 'IEEE', '--wifi-password', 'password', '--country', 'tw')
    // The first test vector of IEEE 802.11i, H.4.1.
    assert.match(
      await read(card, 'hearthwatch-sensor/conf/wifi.nmconnection'),
      /ssid=IEEE\n\n\[wifi-security\]\nkey-mgmt=wpa-psk\npsk=f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e\n/,
    )
    assert.equal(await read(card, 'cmdline.txt'), 'console=tty1 rootwait cfg80211.ieee80211_regdom=TW\n')
  })

  it('Bookworm starts the installer by systemd.run, and gets host name and ssh key with it', async () => {
    const card = await newCard(bookworm)
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@home'
    await run(card, '--room', 'attic', '--id', 'pi-4', '--hostname', 'Pi-Attic', '--ssh-key', key)
    const line = await read(card, 'cmdline.txt')
    assert.match(
      line,
      / systemd\.run="\/bin\/sh \/boot\/firmware\/hearthwatch-sensor\/install\.sh \/boot\/firmware\/hearthwatch-sensor" systemd\.run_success_action=reboot /,
    )
    assert.equal(line.trim().split('\n').length, 1)
    assert.equal(await read(card, 'hearthwatch-sensor/conf/hostname'), 'pi-attic\n')
    assert.equal(await read(card, 'hearthwatch-sensor/conf/authorized_keys'), `${key}\n`)
    assert.ok(!(await has(card, 'vendor-data')))
    await run(card)
    assert.equal((await read(card, 'cmdline.txt')).match(/systemd\.run=/g)?.length, 1)
  })

  it("Imager's firstrun.sh of Bookworm is kept, and calls the installer first", async () => {
    const line = 'rootwait systemd.run=/boot/firstrun.sh systemd.run_success_action=reboot systemd.unit=kernel-command-line.target\n'
    const card = await newCard({ ...bookworm, 'cmdline.txt': line, 'firstrun.sh': '#!/bin/bash\n\nset +e\n\nCURRENT_HOSTNAME=x\n' })
    await run(card, '--room', 'attic', '--id', 'pi-5')
    assert.equal(await read(card, 'cmdline.txt'), line)
    assert.match(await read(card, 'firstrun.sh'), /set \+e\nsh \/boot\/firmware\/hearthwatch-sensor\/install\.sh /)
  })

  it('a card that was customised with Imager keeps its user-data; a fresh one gets host name and ssh key there', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@home'
    const own = '#cloud-config\nhostname: mine\nuser:\n  name: me\n'
    const customised = await newCard({ ...trixie, 'user-data': own })
    assert.match((await run(customised, '--room', 'attic', '--id', 'pi-6', '--ssh-key', key)).text, /was customised with Imager/)
    assert.equal(await read(customised, 'user-data'), own)
    const fresh = await newCard()
    await run(fresh, '--room', 'attic', '--id', 'pi-7', '--ssh-key', key, '--hostname', 'pi-7')
    assert.match(
      await read(fresh, 'user-data'),
      /^#cloud-config\n[\s\S]*hostname: pi-7\n[\s\S]*user:\n {2}name: pi\n[\s\S]* {4}- "ssh-ed25519 AAAA/,
    )
  })

  const refused: [title: string, files: Record<string, string>, message: RegExp][] = [
    ['a folder that is no card', { 'photo.jpg': 'x' }, /config\.txt or cmdline\.txt is missing/],
    ['a 32-bit card', { ...trixie, 'kernel7.img': 'x', 'kernel.img': 'x' }, /32-bit/],
    ['a card of another system', { 'config.txt': '', 'cmdline.txt': '', vmlinuz: '' }, /kernel8\.img/],
    ['a card with DietPi', { ...trixie, 'dietpi.txt': 'x' }, /DietPi/],
    [
      'a bootcmd in user-data',
      { ...trixie, 'user-data': '#cloud-config\nbootcmd:\n  - echo\n' },
      /"bootcmd:"[\s\S]*- \[ sh, \/boot\/firmware/,
    ],
    ["another program's vendor-data", { ...trixie, 'vendor-data': '#cloud-config\npackages: [vim]\n' }, /vendor-data/],
  ]
  for (const [title, files, message] of refused) {
    it(`${title} is refused with the reason, and nothing is written or added`, async () => {
      const card = await newCard(files)
      const then = await read(house, 'mosquitto/passwd')
      await assert.rejects(
        run(card, '--room', 'attic', '--id', 'pi-x'),
        (error: Error) => error instanceof CardError && message.test(error.message),
      )
      assert.ok(!(await has(card, 'hearthwatch-sensor')))
      assert.equal(await read(house, 'mosquitto/passwd'), then)
    })
  }

  it('a bootcmd that has our line already is accepted, and no vendor-data is written', async () => {
    const line = '  - [ sh, /boot/firmware/hearthwatch-sensor/install.sh, /boot/firmware/hearthwatch-sensor ]\n'
    const card = await newCard({ ...trixie, 'user-data': `#cloud-config\nbootcmd:\n  - echo\n${line}` })
    assert.equal((await run(card, '--room', 'attic', '--id', 'pi-8')).code, 0)
    assert.ok(!(await has(card, 'vendor-data')))
  })

  const wrong: [title: string, args: string[], message: RegExp][] = [
    ['no room', [], /--room/],
    ['an invalid room', ['--room', 'a/b'], /room/],
    ['an unknown sensor', ['--room', 'a', '--probe', 'ds19'], /ds18b20/],
    ['Wi-Fi without a country', ['--room', 'a', '--wifi', 'home', '--wifi-password', 'password'], /--country/],
    ['a short Wi-Fi password', ['--room', 'a', '--wifi', 'home', '--wifi-password', 'short', '--country', 'TW'], /8 to 63/],
    ['a private ssh key', ['--room', 'a', '--ssh-key', 'PRIVATE KEY'], /public ssh key/],
    ['a loopback address', ['--room', 'a', '--broker', 'localhost'], /leads each machine to itself/],
  ]
  for (const [title, args, message] of wrong) {
    it(`${title} is wrong use, and nothing is written`, async () => {
      const card = await newCard()
      await assert.rejects(run(card, ...args), message)
      assert.ok(!(await has(card, 'hearthwatch-sensor')))
    })
  }

  it('--dry-run shows all changes without secrets, and writes neither to the card nor at the broker', async () => {
    const card = await newCard()
    const then = await read(house, 'mosquitto/passwd')
    const { text } = await run(
      card,
      '--room',
      'attic',
      '--id',
      'pi-9',
      '--dry-run',
      '--wifi',
      'IEEE',
      '--wifi-password',
      'password',
      '--country',
      'NO',
    )
    for (const part of [
      'sensor add attic --id pi-9',
      '+ dtoverlay=w1-gpio,gpiopin=4',
      'vendor-data',
      'conf/sensor.env',
      'Nothing was written',
    ])
      assert.ok(text.includes(part), part)
    assert.doesNotMatch(text, /psk|f42c6fc5/)
    assert.ok(!(await has(card, 'hearthwatch-sensor')))
    assert.equal(await read(house, 'mosquitto/passwd'), then)
  })

  it('--check explains the install log', async () => {
    const card = await newCard()
    assert.match((await run(card, '--check')).text, /has no sensor of Hearthwatch/)
    await run(card, '--room', 'attic', '--id', 'pi-10')
    assert.match((await run(card, '--check')).text, /never started/)
    const log = (text: string) => writeFiles(card, { 'hearthwatch-sensor/install.log': text })
    await log('2026-11-30T00:00:00Z installing the configuration\n')
    assert.match((await run(card, '--check')).text, /did not end/)
    await log('2026-11-30T00:00:00Z ERROR this system is armhf, not arm64\n')
    assert.match((await run(card, '--check')).text, /failed: this system is armhf/)
    await log('2026-11-30T00:00:00Z ready: hearthwatch-sensor 1.0.0\n')
    const { code, text } = await run(card, '--check')
    assert.equal(code, 0)
    assert.match(text, /does not reach the broker/)
  })

  it('an option that does not exist, and a file that is no package, are refused', async () => {
    assert.throws(() => readOptions(['--colour']), FlashUsageError)
    const card = await newCard()
    await assert.rejects(run(card, '--room', 'attic', '--package', join(house, '.env')), CardError)
  })
})
