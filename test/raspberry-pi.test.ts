import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { sensorHelp } from '../apps/cli/arguments.ts'
import { help as flashHelp } from '../apps/flash/arguments.ts'
import { readProbe } from '../apps/flash/card/overlays.ts'

const root = `${import.meta.dirname}/..`
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')
const words = (text: string) => text.normalize('NFC')

describe('The documents about a Raspberry Pi', () => {
  for (const file of globSync('docs/raspberry-pi*.md', { cwd: root })) {
    const text = words(read(file))

    it(`${file} names only options that flash and setup have`, () => {
      const options = new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option))
      assert.ok(options.size > 10)
      const known = new Set([...`${flashHelp}\n${sensorHelp}`.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option))
      assert.deepEqual(
        [...options].filter((option) => !known.has(option)),
        [],
      )
    })

    it(`${file} names only sensors that flash knows, with the same lines of config.txt`, () => {
      const named = [...text.matchAll(/`--probe SENSOR` \| [^|]*/g)].flatMap(([row]) =>
        [...row.matchAll(/`([a-z0-9]+)`/g)].map(([, one = '']) => one),
      )
      assert.ok(named.length > 5)
      for (const sensor of named) assert.ok(readProbe(sensor), sensor)
      for (const [line] of text.matchAll(/dtoverlay=[\w,=-]+/g)) {
        const lines = ['ds18b20', 'dht22', 'bme280', 'sht31', 'sht40', 'aht20', 'mcp9808'].flatMap(
          (sensor) => readProbe(sensor)?.lines ?? [],
        )
        assert.ok(
          lines.some((one) => one.startsWith(line)),
          line,
        )
      }
    })
  }

  it('are one document in two languages, with the same headings, tables, pictures and commands', () => {
    const [english, chinese] = [read('docs/raspberry-pi.md'), read('docs/raspberry-pi.zh-TW.md')] as const
    for (const pattern of [/^#+ /gm, /^\|/gm, /\]\(wiring\/[\w-]+\.svg\)/g, /^```/gm])
      assert.equal([...chinese.matchAll(pattern)].length, [...english.matchAll(pattern)].length, `${pattern}`)
  })
})
