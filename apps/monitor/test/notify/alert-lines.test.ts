import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { createAlertLines } from '../../notify/alert-lines.ts'

describe('The lines of a storm of alerts', () => {
  it('are five, then one a second with the numbers, and none after it', () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const found: string[] = []
      const log = createAlertLines(createLog('alerts', 'info', (line) => void found.push(line)))
      for (let i = 0; i < 200; i++) log(i % 2 === 0 ? 'firing' : 'resolved', { rule: 'offline', device: `pi-${i}` })
      assert.equal(found.length, 5)
      mock.timers.tick(1000)
      assert.match(found[5] ?? '', /more alerts within a second firing=97 resolved=98/)
      mock.timers.tick(1000)
      log('firing', { rule: 'offline', device: 'pi-1' })
      assert.match(found[6] ?? '', /alert firing rule=offline device=pi-1/)
      mock.timers.tick(10_000)
      assert.equal(found.length, 7)
    } finally {
      mock.timers.reset()
    }
  })
})
