import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { type Influx, startInflux } from '@hearthwatch/testhouse/servers/influx'
import { beginForwarding } from '../../forward/begin.ts'
import type { Forwarding } from '../../forward/forward.ts'
import { linesOf } from '../../forward/line-protocol/lines.ts'
import { newAlert } from '../../rules/alert.ts'
import { openStore, type Store } from '../../store/store.ts'

const quick = { pause: 20, heartbeat: 200, patience: 1000, retry: 50, longestRetry: 200 }
const start = Date.parse('2026-11-30T12:00:00.123Z')

describe('Forwarding by the line protocol', need('influxd'), () => {
  let influx: Influx
  let folder: string
  let store: Store
  let forwarding: Forwarding | null = null
  before(async () => {
    influx = await startInflux()
  })
  after(() => influx.stop())
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forward-'))
    store = openStore(join(folder, 'house.db'))
  })
  afterEach(async () => {
    await forwarding?.close()
    store.close()
    rmSync(folder, { recursive: true })
  })
  const begin = async (site: string, query = 'db=home') => {
    const url = `line+http://127.0.0.1:${influx.port}/write?${query}`
    forwarding = await beginForwarding({ config: { FORWARD_URL: url, SITE: site }, store, timing: quick, log: silent })
  }
  const add = (room: string, time: number, value: number, device: string | null = 'pi-1') =>
    store.transaction(() => store.readings.addTimed({ room, quantity: 'temperature', device }, value, time, false))
  const rows = (site: string) => influx.query(`SELECT * FROM temperature WHERE site = '${site}'`)

  it('brings readings of any room, with their time and value', async () => {
    await begin('one')
    add('客廳, oben = "1"', start, -0.5)
    add('kitchen', start + 1, 21.25, null)
    await eventually(async () => (await rows('one')).length === 2)
    assert.deepEqual(await rows('one'), [
      { time: start, device: 'pi-1', room: '客廳, oben = "1"', site: 'one', value: -0.5 },
      { time: start + 1, device: null, room: 'kitchen', site: 'one', value: 21.25 },
    ])
  })

  it('brings what was stored before, the steps of alerts, and loses and doubles nothing while the server is killed', async () => {
    for (let i = 0; i < 50; i++) add('kitchen', start + i, i)
    await begin('two')
    const about = {
      rule: 'too-hot',
      condition: 'above',
      subject: 'a',
      room: 'kitchen',
      device: 'pi-1',
      quantity: 'temperature',
      severity: 'critical',
    } as const
    store.transaction(() => store.alerts.start(newAlert({ ...about, state: 'firing', started: start, fired: start, value: 31 })))
    let i = 50
    const write = setInterval(() => add('kitchen', start + i, i++), 5)
    for (let kills = 0; kills < 2; kills++) {
      const before = i
      await eventually(async () => (await rows('two')).length > before)
      await influx.kill()
      await influx.start()
    }
    clearInterval(write)
    await eventually(async () => (await rows('two')).length === i)
    await eventually(() => store.feed.waiting().commits === 0)
    const [alert] = await influx.query("SELECT * FROM alert WHERE site = 'two'")
    assert.deepEqual([alert?.rule, alert?.state, alert?.value], ['too-hot', 'firing', 31])
  })

  it('tells what the server says, and waits', async () => {
    await begin('three', 'db=nowhere')
    add('kitchen', start, 1)
    await eventually(() => /404 .*database not found/.test(forwarding?.trouble ?? ''))
    assert.equal(store.feed.waiting().commits, 1)
  })
})

describe('A line of the protocol', () => {
  it('escapes what separates its parts', () => {
    const series = { room: 'a b,c=d\\', quantity: 'co 2', device: null }
    assert.deepEqual(linesOf('home', { readings: [{ series, rows: [[5, 1e-7]] }] }), [
      'co\\ 2,room=a\\ b\\,c\\=d\\\\,site=home value=1e-7 5',
    ])
  })
})
