import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { createLamp } from '../../control/lamp.ts'
import { makeTree, type Tree } from '../probes/tree.ts'

for (const name of ['ACT', 'led0']) {
  describe(`the LED ${name}`, () => {
    let tree: Tree
    let lines: string[]
    beforeEach(() => {
      tree = makeTree({
        [`class/leds/${name}/trigger`]: 'none [mmc0] timer heartbeat\n',
        [`class/leds/${name}/brightness`]: '0\n',
      })
      lines = []
    })
    afterEach(() => {
      mock.timers.reset()
      tree.end()
    })
    const lamp = () =>
      createLamp(
        tree.root,
        createLog('sensor', 'debug', (line) => lines.push(line)),
      )
    const read = (file: string) => readFileSync(join(tree.root, 'class/leds', name, file), 'utf8')

    it('has another pattern for each state, and its own function after the stop', () => {
      const { show, stop } = lamp()
      show('no-broker')
      assert.deepEqual([read('trigger'), read('delay_on'), read('delay_off')], ['timer', '100', '100'])
      show('no-probe')
      assert.deepEqual([read('trigger'), read('delay_on'), read('delay_off')], ['timer', '100', '1900'])
      show('connected')
      assert.equal(read('trigger'), 'heartbeat')
      stop()
      assert.equal(read('trigger'), 'mmc0')
      show('connected')
      assert.equal(read('trigger'), 'mmc0', 'a late tick does not set it again')
    })

    it('gets its pattern later if the files of the trigger are given to the user later', () => {
      mock.timers.enable({ apis: ['setTimeout'] })
      const files = ['delay_on', 'delay_off'].map((file) => join(tree.root, 'class/leds', name, file))
      // Folders cannot be written, not even by root.
      for (const file of files) mkdirSync(file)
      lamp().show('no-probe')
      for (const file of files) rmSync(file, { recursive: true })
      mock.timers.tick(500)
      assert.deepEqual([read('trigger'), read('delay_on'), read('delay_off')], ['timer', '100', '1900'])
    })

    it('is written only when the state changes', () => {
      const { show } = lamp()
      show('connected')
      tree.write(`class/leds/${name}/trigger`, 'none')
      show('connected')
      assert.equal(read('trigger'), 'none')
    })

    it('blinks for ten seconds, and then shows the state of that moment', () => {
      mock.timers.enable({ apis: ['setInterval'] })
      const { show, blink } = lamp()
      show('connected')
      assert.equal(blink(), true)
      assert.deepEqual([read('trigger'), read('brightness')], ['none', '1'])
      mock.timers.tick(250)
      assert.equal(read('brightness'), '0')
      show('no-probe')
      assert.equal(read('trigger'), 'none')
      mock.timers.tick(10_000)
      assert.deepEqual([read('trigger'), read('delay_off')], ['timer', '1900'])
    })

    it('is left alone with one line at debug if this user may not write to it', () => {
      // A folder in its place refuses each write, also those of root.
      rmSync(join(tree.root, 'class/leds', name, 'trigger'))
      mkdirSync(join(tree.root, 'class/leds', name, 'trigger'))
      const { show, blink, stop } = lamp()
      show('no-broker')
      show('connected')
      assert.equal(blink(), false)
      stop()
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', /DEBUG.*LED cannot be set/)
    })
  })
}

describe('a machine without an LED', () => {
  it('has no state to show and no line in the log', () => {
    const tree = makeTree()
    const lines: string[] = []
    const { show, blink, stop } = createLamp(
      tree.root,
      createLog('sensor', 'debug', (line) => lines.push(line)),
    )
    show('connected')
    assert.equal(blink(), false)
    stop()
    assert.deepEqual(lines, [])
    tree.end()
  })
})
