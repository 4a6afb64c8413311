import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { newAlert } from '../../rules/alert.ts'
import { dueNotification, repeatsWithin } from '../../rules/when-to-notify.ts'

describe('The number of reminders', () => {
  const alert = {
    id: 1,
    ...newAlert({ rule: 'too-hot', subject: 'kitchen', condition: 'above', state: 'firing', severity: 'critical', started: 0 }),
  }

  it('is that of an alert which nobody acknowledges, minute by minute', () => {
    for (const repeat of [[], [15], [15, 30, 60, 240], [1, 1440]])
      for (const firing of [0, 14 * minute, 15 * minute, 3 * hour, 49 * hour]) {
        const told = { ...alert, fired: 0, told: 0, tellings: 1 }
        for (let at = minute; at <= firing; at += minute)
          if (dueNotification(told, repeat, at) === 'repeat') Object.assign(told, { told: at, tellings: told.tellings + 1 })
        assert.equal(repeatsWithin(firing, repeat), told.tellings - 1, `${repeat} for ${firing / minute} min`)
      }
  })
})
