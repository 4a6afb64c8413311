import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Device, Gap } from '@hearthwatch/api/devices'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { openImage } from '../../apps/flash/boot/image.ts'
import { type House, startHouse } from './house.ts'
import { brokerInMachine, type Machine, startMachine } from './machine.ts'
import { makePiImage } from './pi-image.ts'
import { checkPrograms } from './root-tar.ts'

const help = `npm run test:boot [-- --keep]

Flashes a card image that is made like Raspberry Pi OS, and boots it in a virtual machine of arm64: without internet, with the
clock in 2020, with TLS. The first reading must arrive at a monitor on this machine. Then the power is cut; the sensor must
come back with its outbox, and no reading may be missing. The first run makes a root file system in the cache, for about half
an hour; later ones take minutes. It needs Linux, root, and the Debian packages that it names.

  --keep             keeps the folder with the card and the consoles
  --package FILE     the sensor's package (default: it is built)`

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, keep: { type: 'boolean' }, package: { type: 'string' } } })
if (values.help) {
  console.log(help)
  process.exit(0)
}

const id = 'pi-boot'
const startOf = performance.now()
const seconds = (since: number) => `${Math.round((performance.now() - since) / 1000)} s`
const say = (text: string) => console.log(`[${seconds(startOf)}] ${text}`)
/** Bound of a boot under emulation on a loaded machine. ms */
const patience = 15 * 60_000

checkPrograms()
const folder = mkdtempSync(join(tmpdir(), 'boot-'))
let house: House | undefined
let machine: Machine | undefined
try {
  const image = makePiImage(folder, say)
  house = await startHouse(folder)
  const card = ['--image', image.disk, '--dir', folder, '--no-compose']
  const own = values.package === undefined ? [] : ['--package', values.package]
  const flash = () =>
    (house as House).run(
      'apps/flash/main.ts',
      ...card,
      '--room',
      'kitchen',
      '--id',
      id,
      '--probe',
      'simulated',
      '--broker',
      brokerInMachine,
      ...own,
    )
  say('flashing')
  console.log(await flash())

  const boot = async (name: string, seen: (device: Device) => boolean) => {
    const began = performance.now()
    machine = startMachine(image, folder, name, (house as House).brokerPort)
    const device = await eventually(async () => (await devices(house as House)).find((one) => one.id === id && seen(one)), patience, {
      interval: 500,
    }).catch((error) => {
      throw new Error(`${error.message}\nThe console of the machine:\n${machine?.console()}`)
    })
    say(`${name}: the first reading arrived ${seconds(began)} after the power came on`)
    return device
  }
  const first = await boot('first-boot', ({ seq }) => seq !== null)
  assert.equal(first.room, 'kitchen')
  assert.equal(first.status, 'online')
  assert.ok(Math.abs(first.skew ?? 0) < 3_600_000, `the clock is ${first.skew} ms off`)

  const before = await eventually(async () => (await devices(house as House)).find((one) => one.id === id && (one.seq ?? 0) >= 6), patience)
  say(`cutting the power after ${before.seq} readings`)
  await machine?.kill()

  const boottime = await openImage(image.disk)
  assert.deepEqual(await boottime.list('hearthwatch-sensor/conf'), [], 'the secrets are still on the boot partition')
  await boottime.close()
  console.log(await house.run('apps/flash/main.ts', ...card, '--check'))

  const second = await boot('after-the-power-cut', ({ seq, epoch }) => epoch !== before.epoch || (seq ?? 0) > (before.seq ?? 0) + 2)
  assert.equal(second.epoch, before.epoch, 'the outbox did not survive the power cut')
  assert.equal(second.missing, 0)
  assert.deepEqual(await house.get<Gap[]>(`/api/gaps?device=${id}`), [])
  const { points } = await house.get<{ points: unknown[] }>(
    `/api/readings?room=kitchen&quantity=temperature&device=${id}&from=0&to=${Date.now() + 60_000}`,
  )
  say(`nothing is missing of ${second.seq} readings; the chart has ${points.length}`)
  await machine?.kill()
  console.log('1 passed, 0 failed')
} finally {
  await machine?.kill().catch(() => {})
  await house?.stop()
  if (values.keep) say(`kept in ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
}

function devices(house: House): Promise<Device[]> {
  return house.get<Device[]>('/api/devices')
}
