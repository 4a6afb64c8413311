import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { knownQuantities } from '@hearthwatch/protocol'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'

interface Panel {
  id: number
  title: string
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr: string; legendFormat: string }[]
}

const read = (path: string) => readFileSync(`${import.meta.dirname}/../../../../../docs/${path}`, 'utf8')
const dashboard = JSON.parse(read('grafana.json')) as { panels: Panel[] }
const namesIn = (text: string): string[] => [...new Set(text.match(/\bhearthwatch_\w+/g))].sort()

describe('docs/grafana.json', () => {
  let page: Page
  let metrics: string
  before(async () => {
    const state = { recipients: 1, paused: false, error: null, quiet: false, budget: { perMonth: 200, used: 3 } }
    const channels = () => [{ name: 'line', kind: 'line', ...state }]
    page = await startPage({}, { notify: { channels, test: async () => undefined } })
    const { now } = page.clock
    for (const quantity of [...knownQuantities, 'noise']) page.liveState.show('kitchen', quantity, { value: 20, time: now, device: 'pi-1' })
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online', seen: now, heartbeat: { outbox: 0 } })
    const epoch = '0123456789abcdef'
    page.store.transaction(() => page.store.records.save({ ...page.store.records.progress('pi-1', epoch), kept: 7, heard: now, skew: 5 }))
    page.addAlert({})
    metrics = (await page.ask('/metrics')).text
  })
  after(() => page.close())

  it('the Grafana dashboard uses exactly the metrics of the monitor', () => {
    const there = namesIn(metrics.replace(/^# HELP.*$/gm, ''))
    const used = namesIn(dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n'))
    assert.deepEqual(used, there)
  })

  it('the Grafana legends use labels that the metrics have', () => {
    for (const { title, targets = [] } of dashboard.panels)
      for (const { expr, legendFormat } of targets) {
        const [name = ''] = namesIn(expr)
        const sample = metrics.split('\n').find((line) => line.startsWith(`${name}{`)) ?? ''
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
          assert.ok(sample.includes(`${label}="`), `${title}: ${label} in ${sample}`)
      }
  })

  it('the Grafana panels do not overlap', () => {
    const taken = new Map<string, string>()
    for (const { title, gridPos } of dashboard.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.equal(taken.get(`${x} ${y}`), undefined, title)
          assert.ok(x < 24, title)
          taken.set(`${x} ${y}`, title)
        }
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
  })

  it('docs/metrics.md describes exactly the metrics of the monitor', () => {
    assert.deepEqual(namesIn(read('metrics.md')), namesIn(metrics.replace(/^# HELP.*$/gm, '')))
  })
})
