import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { boot, fetchKernel, makeInitramfs, makeWorkFolder, Unavailable } from './machine.ts'

const help = `npm run test:drivers

Boots Debian's kernel in a virtual machine (qemu, without KVM), with an LM75, a TMP102, an MCP9808 and a BME280 on a bus of i2c-stub.
The kernel's own drivers read them, and the bundled sensor lists its probes: all of them, after a bus error, unplugged and plugged in again.
Needs an x86-64 machine with Debian's qemu-system-x86 and busybox-static. The kernel is kept in ~/.cache/hearthwatch (HEARTHWATCH_CACHE).`

interface Listed {
  probes: { id: string; room: string; value: number | null; problem: string | null }[]
}

if (parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help) {
  console.log(help)
  process.exit(0)
}
const work = makeWorkFolder()
try {
  if (process.arch !== 'x64') throw new Unavailable('the machine is not x86-64, as its Node is used in the virtual machine')
  const kernel = fetchKernel()
  const initramfs = await makeInitramfs(kernel, work)
  const begin = performance.now()
  const { results, output } = await boot(kernel, initramfs)
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  try {
    check(results)
  } catch (error) {
    console.error(`${output}\n${(error as Error).message}`)
    process.exitCode = 1
  }
  if (process.exitCode !== 1)
    console.log(`The kernel's drivers lm75, tmp102, jc42 and bmp280 are read as expected (${seconds} s in the virtual machine).`)
} catch (error) {
  if (!(error instanceof Unavailable)) throw error
  console.error(`test:drivers cannot run: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

function check(results: ReadonlyMap<string, string>): void {
  const listed = (name: string) => {
    const { probes } = JSON.parse(results.get(name) || assert.fail(`no result ${name}`)) as Listed
    return new Map(probes.map((probe) => [probe.id.replace(/-\d+-00/, '-N-00'), probe]))
  }
  const valuesOf = (name: string) => Object.fromEntries([...listed(name)].map(([id, { value }]) => [id, value]))

  const { 'iio-bme280-N-0076-humidityrelative': humidity, ...others } = valuesOf('all')
  const thermometers = { 'hwmon-tmp102-N-0049-temp1': 19.25, 'hwmon-jc42-N-0018-temp1': 22.75 }
  const lm75 = { 'hwmon-lm75-N-0048-temp1': 21.5 }
  const bme280 = { 'iio-bme280-N-0076-temp': 25.08, 'iio-bme280-N-0076-pressure': 1006.533 }
  assert.deepEqual(others, { ...lm75, ...thermometers, ...bme280 })
  assert.ok(typeof humidity === 'number' && humidity > 0 && humidity < 100, `humidity ${humidity}`)
  const rooms = [...listed('all').values()].map(({ id, room }) => `${id.split('-')[1]} ${room}`)
  assert.deepEqual([...new Set(rooms)].sort(), ['bme280 客廳', 'jc42 room', 'lm75 fridge', 'tmp102 room'])

  for (const [id, { value, problem }] of listed('eio')) {
    if (id.startsWith('iio')) assert.deepEqual([value, /EIO/.test(problem ?? '')], [null, true], `${id} has a bus error: ${problem}`)
    else assert.equal(typeof value, 'number', `${id} goes on`)
  }
  assert.deepEqual(valuesOf('unplugged'), { ...thermometers, ...bme280, 'iio-bme280-N-0076-humidityrelative': humidity })
  assert.deepEqual(valuesOf('none'), {})
  assert.deepEqual(valuesOf('plugged'), lm75)
}
