import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { need } from '@hearthwatch/testhouse/need'
import { runChaos } from '../chaos.ts'
import { formatReport } from '../report.ts'

async function run(t: TestContext, broker: 'mosquitto' | 'embedded', duration: number): Promise<void> {
  const seed = randomInt(2 ** 32)
  t.diagnostic(`seed ${seed}`)
  const report = await runChaos({ seed, broker, duration, sensors: 2, signal: t.signal })
  t.diagnostic(formatReport(report))
  const again = `npm run chaos -- --seed ${seed} --minutes ${duration / 60_000} --broker ${broker} --sensors 2; disks and logs are in ${report.folder}`
  assert.deepEqual(report.failures, [], again)
  assert.ok(report.taken > 200, `only ${report.taken} readings were taken`)
  assert.equal(report.alerts.raised, report.alerts.due)
  assert.equal(report.alerts.mailsSent, report.alerts.mailsDue)
}

describe('a minute of kills, broken links, full disks and lost databases', () => {
  it(
    'every reading is stored exactly once with Mosquitto, which loses its memory at each kill',
    { ...need('mosquitto'), timeout: 240_000 },
    (t) => run(t, 'mosquitto', 60_000),
  )
  it('every reading is stored exactly once with the embedded broker, in 20 s', { timeout: 180_000 }, (t) => run(t, 'embedded', 20_000))
})
