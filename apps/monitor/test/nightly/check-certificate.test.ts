import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { day } from '@hearthwatch/protocol/durations'
import { checkCertificate } from '../../nightly/check-certificate.ts'
import { createHouseTroubles } from '../../rules/house-troubles.ts'

const now = Date.UTC(2026, 10, 30)

describe('The certificate of the broker', () => {
  const told = (...ends: (number | null)[]) => {
    const troubles = createHouseTroubles()
    checkCertificate(ends, now, troubles)
    return troubles.of('certificate')
  }

  it('is a trouble in its last three weeks, with its date', () => {
    assert.equal(told(now + 20 * day), '2026-12-20')
    assert.equal(told(now - day), '2026-11-29')
    assert.equal(told(now + 22 * day), null)
  })

  it('is judged by what the broker shows and by the files, whichever ends first', () => {
    assert.equal(told(now + 800 * day, now + 5 * day), '2026-12-05')
    assert.equal(told(null, now + 800 * day), null)
  })

  it('is not known without TLS and without files', () => {
    assert.equal(told(null, null), undefined)
  })
})
