import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { need } from '@hearthwatch/testhouse/need'
import { runChaos } from '../chaos.ts'
import { tell } from '../report.ts'

async function survive(t: TestContext, broker: 'mosquitto' | 'embedded', duration: number): Promise<void> {
  const seed = randomInt(2 ** 32)
  t.diagnostic(`seed ${seed}`)
  const report = await runChaos({ seed, broker, duration, sensors: 2, signal: t.signal })
  t.diagnostic(tell(report))
  const again = `npm run chaos -- --seed ${seed} --minutes ${duration / 60_000} --broker ${broker} --sensors 2; what is left lies in ${report.folder}`
  assert.deepEqual(report.failures, [], again)
  assert.ok(report.taken > 200, `only ${report.taken} readings were taken`)
  assert.equal(report.alerts.raised, report.alerts.due)
  assert.equal(report.alerts.mailsSent, report.alerts.mailsDue)
}

describe('In a storm of kills, broken links, full disks and lost databases every reading is stored exactly once', () => {
  it('with Mosquitto, which loses all it has at each kill, for a minute', { ...need('mosquitto'), timeout: 240_000 }, (t) =>
    survive(t, 'mosquitto', 60_000),
  )
  it('with the embedded broker, which dies with the monitor, for 20 s', { timeout: 180_000 }, (t) => survive(t, 'embedded', 20_000))
})
