import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute, second } from '@hearthwatch/protocol/durations'
import { need } from '@hearthwatch/testhouse/need'
import { drawChart } from '../soak/chart.ts'
import { judge } from '../soak/judge.ts'
import { formatSoak } from '../soak/report.ts'
import type { Sample } from '../soak/samples.ts'
import { soak } from '../soak/soak.ts'

/** Samples of an hour, one a minute. */
const samples = (more: (share: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 60 }, (_, i) => ({
    ...{ at: i * minute, resident: 170, anonymous: 100 + (i % 5), handles: 40 + (i % 2), cpu: i, database: 1, wal: 4, sensor: 120 },
    ...more(i / 60),
  }))

describe('The judgement of a soak', () => {
  it('accepts noise, and growth at the begin alone', () => {
    assert.deepEqual(judge(samples(() => ({}))).failures, [])
    assert.deepEqual(
      judge(samples((share) => ({ anonymous: 60 + 40 * Math.min(1, 4 * share), handles: share < 0.2 ? 10 : 40 }))).failures,
      [],
    )
  })

  it('finds memory that grows by 60 MB an hour, a handle that is lost every five minutes, and a log that is never emptied', () => {
    const { failures } = judge(samples((share) => ({ anonymous: 100 + 60 * share, handles: 40 + Math.floor(share * 24), wal: 40 * share })))
    assert.equal(failures.length, 3)
    assert.match(failures[0] ?? '', /anonymous memory has grown by 20\.0 MB; 16\.0 are allowed/)
    assert.match(failures[1] ?? '', /8 handles more/)
    assert.match(failures[2] ?? '', /write-ahead log had 39\.\d MB/)
  })

  it('fails without samples', () => {
    assert.deepEqual(judge([]).failures, ['only 0 samples were taken'])
  })
})

describe('The chart of a soak', () => {
  it('has a curve for each resource and a line for each event, within its frame', () => {
    const chart = drawChart(
      samples((share) => ({ wal: share * 3 })),
      [{ at: hour / 2, what: 'the broker is killed' }],
    )
    assert.equal(chart.match(/<polyline/g)?.length, 6)
    assert.match(chart, /<title>the broker is killed<\/title>/)
    assert.doesNotMatch(chart, /NaN|undefined|Infinity/)
    const [, width = 0, height = 0] = /viewBox="0 0 (\d+) (\d+)"/.exec(chart)?.map(Number) ?? []
    const points = [...chart.matchAll(/(\d+\.?\d*),(\d+\.?\d*)/g)]
    assert.equal(points.length, 6 * 60)
    for (const [, x, y] of points) assert.ok(Number(x) <= width && Number(y) <= height)
  })
})

describe('Half a minute of the soak', () => {
  it('loses and doubles no reading, and its memory and handles stay flat', { ...need('mosquitto'), timeout: 600_000 }, async (t) => {
    const report = await soak({ duration: 30 * second, sensors: 2, signal: t.signal })
    t.diagnostic(formatSoak(report))
    assert.deepEqual(report.failures, [], `disks and logs are in ${report.folder}`)
    assert.equal(report.events.length, 5)
    assert.ok(report.taken > 100, `${report.taken}`)
    assert.doesNotMatch(drawChart(report.samples, report.events), /NaN/)
  })
})
