import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { silent } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { find } from '@hearthwatch/testhouse/need'
import { startPostgres } from '@hearthwatch/testhouse/servers/postgres'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { beginForwarding } from '../apps/monitor/forward/begin.ts'
import { openStore } from '../apps/monitor/store/store.ts'
import { against, progress } from './report.ts'

const devices = 20
const perDevice = 25_000
const total = devices * perDevice
const start = Date.parse('2026-06-01T00:00:00Z')

/** 500,000 readings to PostgreSQL: bare COPY into a bare table; from the readings of a monitor; and from its feed, by size of commits. */
export async function forward(): Promise<void> {
  if (find('postgres') === undefined) return console.log('forward: PostgreSQL is not installed: apt-get install postgresql')
  console.log('forward: readings to PostgreSQL on this machine')
  progress('PostgreSQL starts …')
  const postgres = await startPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'bench-forward-'))
  const store = openStore(join(folder, 'house.db'))
  const line = (name: string, count: number, began: number, base?: number) => {
    const rate = count / ((performance.now() - began) / 1000)
    console.log(
      `  ${name.padEnd(45)} ${Math.round(rate).toLocaleString('en').padStart(9)} readings/s${base === undefined ? '' : `  ${(rate / base).toFixed(2)} ×`}`,
    )
    return rate
  }
  try {
    let began = performance.now()
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    await client.query('CREATE TABLE bare (series int, time bigint, value float8, PRIMARY KEY (series, time))')
    function* lines() {
      for (let device = 0; device < devices; device++)
        for (let i = 0; i < perDevice; i += 1000)
          yield Array.from({ length: 1000 }, (_, k) => `${device}\t${start + (i + k) * 10_000}\t${20 + (k % 50) / 10}\n`).join('')
    }
    await pipeline(Readable.from(lines()), client.query(copyFrom('COPY bare FROM STDIN')))
    await client.end()
    const bare = line('bare COPY into a table with a primary key', total, began)

    const write = (name: string, each: number, count: number, from: number) => {
      for (let i = 0; i < count; i += each)
        for (let device = 0; device < devices; device++)
          store.transaction(() => {
            const add = store.readings.series({ room: `${name}-${device}`, quantity: 'temperature', device: `${name}-${device}` }, false)
            for (let k = 0; k < each; k++) add(20 + (k % 50) / 10, from + (i + k) * 10_000, true)
          })
    }
    began = performance.now()
    write('past', 1000, perDevice, start)
    const without = line('storing a backlog, without a feed', total, began)
    const there = async () =>
      Number((await postgres.query<{ n: string }>('SELECT count(*) AS n FROM hearthwatch.readings').catch(() => [{ n: '0' }]))[0]?.n)
    const begin = () => beginForwarding({ config: { FORWARD_URL: postgres.url, SITE: 'bench' }, store, log: silent })
    began = performance.now()
    let forwarding = await begin()
    await eventually(async () => (await there()) === total, 600_000, { interval: 100 })
    line('forwarding what was stored before', total, began, bare)
    await eventually(() => store.feed.rebuild === null, 60_000)
    await forwarding?.close()

    began = performance.now()
    write('backlog', 1000, perDevice, start)
    line('storing a backlog, with the feed', total, began, without)
    began = performance.now()
    forwarding = await begin()
    await eventually(async () => (await there()) === 2 * total, 600_000, { interval: 100 })
    const caughtUp = line('forwarding commits of 1,000 readings', total, began, bare)
    await forwarding?.close()

    const few = 60_000
    write('small', 3, few / devices, start)
    began = performance.now()
    forwarding = await begin()
    await eventually(async () => (await there()) === 2 * total + few, 600_000, { interval: 50 })
    line('forwarding commits of 3 readings', few, began, bare)
    await forwarding?.close()
    console.log(`  catching up: ${against(caughtUp, 40_000, 'at least', 0)} readings/s`)
  } finally {
    store.close()
    await postgres.stop()
    rmSync(folder, { recursive: true })
  }
}
