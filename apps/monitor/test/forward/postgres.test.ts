import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { type Postgres, startPostgres } from '@hearthwatch/testhouse/servers/postgres'
import { beginForwarding } from '../../forward/begin.ts'
import type { Forwarding } from '../../forward/forward.ts'
import { newAlert } from '../../rules/alert.ts'
import { openStore, type Store } from '../../store/store.ts'

const quick = { pause: 20, heartbeat: 200, patience: 1000, retry: 50, longestRetry: 200 }

describe('Forwarding to PostgreSQL', need('postgres'), () => {
  let postgres: Postgres
  let folder: string
  let store: Store
  let forwarding: Forwarding | null = null
  before(async () => {
    postgres = await startPostgres()
  })
  after(() => postgres.stop())
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'forward-'))
    store = openStore(join(folder, 'house.db'))
    await postgres.query('DROP SCHEMA IF EXISTS hearthwatch CASCADE')
  })
  afterEach(async () => {
    await forwarding?.close()
    forwarding = null
    store.close()
    rmSync(folder, { recursive: true })
  })

  const begin = async (site = 'home') => {
    forwarding = await beginForwarding({ config: { FORWARD_URL: postgres.url, SITE: site }, store, timing: quick, log: silent })
  }
  const add = (room: string, values: readonly (readonly [time: number, value: number])[], device: string | null = 'pi-1') =>
    store.transaction(() => {
      for (const [time, value] of values) store.readings.addTimed({ room, quantity: 'temperature', device }, value, time, false)
    })
  interface Row {
    site: string
    room: string
    device: string | null
    time: Date
    value: number
  }
  const there = () => postgres.query<Row>('SELECT * FROM hearthwatch.readings ORDER BY site, room, time').catch(() => [])
  const count = async (many: number) => {
    await eventually(async () => (await there()).length >= many)
    assert.equal((await there()).length, many)
  }
  const start = Date.parse('2026-11-30T12:00:00.123Z')

  it('copies each reading with its site, its time to the ms and its exact value', async () => {
    await begin('Büro 3')
    add('客廳', [
      [start, 0.1 + 0.2],
      [start + 1, -40],
    ])
    add('kitchen', [[start, 1e-7]], null)
    await count(3)
    assert.deepEqual(
      (await there()).map(({ site, room, device, time, value }) => [site, room, device, time.getTime(), value]),
      [
        ['Büro 3', 'kitchen', null, start, 1e-7],
        ['Büro 3', '客廳', 'pi-1', start, 0.1 + 0.2],
        ['Büro 3', '客廳', 'pi-1', start + 1, -40],
      ],
    )
  })

  it('copies what was stored before, and late readings of any month', async () => {
    add(
      'kitchen',
      Array.from({ length: 12_000 }, (_, i) => [start + i * 1000, i] as const),
    )
    await begin()
    await count(12_000)
    add('kitchen', [[Date.parse('2025-02-28T23:59:59.999Z'), 1]])
    add('kitchen', [[Date.parse('2024-12-31T23:59:59.999Z'), 2]])
    await count(12_002)
    const partitions = await postgres.query("SELECT 1 FROM pg_inherits WHERE inhparent = 'hearthwatch.reading'::regclass")
    assert.equal(partitions.length, 3)
    await eventually(async () => (await postgres.query<{ complete: boolean }>('SELECT complete FROM hearthwatch.sites'))[0]?.complete)
  })

  it('copies alerts with each of their steps, drops one that never fired, and has the devices', async () => {
    await begin()
    const about = {
      rule: 'too-hot',
      condition: 'above',
      subject: 'a',
      room: 'kitchen',
      device: 'pi-1',
      quantity: 'temperature',
      severity: 'critical',
    } as const
    const pending = store.transaction(() => store.alerts.start(newAlert({ ...about, state: 'pending', started: start })))
    const other = store.transaction(() => store.alerts.start(newAlert({ ...about, subject: 'b', state: 'pending', started: start })))
    store.transaction(() => store.devices.put(store.devices.getOrMake('pi-1', 'pi-1', 'kitchen')))
    const states = () =>
      postgres.query<{ id: string; state: string }>('SELECT id, state FROM hearthwatch.alerts ORDER BY id').catch(() => [])
    await eventually(async () => (await states()).length === 2)
    store.transaction(() => {
      Object.assign(pending, { state: 'firing', fired: start + 5000 })
      store.alerts.save(pending)
      store.alerts.drop(other)
    })
    await eventually(async () => (await states()).length === 1)
    assert.deepEqual(await states(), [{ id: String(pending.id), state: 'firing' }])
    const [site] = await postgres.query<{ firing: string; devices: string }>('SELECT firing, devices FROM hearthwatch.sites')
    assert.deepEqual(site, { firing: '1', devices: '1' })
  })

  it('deletes the history that a person deletes, and keeps what comes afterwards', async () => {
    await begin()
    add('kitchen', [[start, 1]])
    add('cellar', [[start, 2]])
    await count(2)
    store.transaction(() => store.readings.forgetRoom('kitchen', start))
    for (const _ of store.readings.deleteForgotten('kitchen'));
    add('kitchen', [[start + 1000, 3]])
    await eventually(async () => (await there()).map(({ value }) => value).join() === '2,3')
  })

  it('loses and doubles nothing while the server is killed again and again', async () => {
    await begin()
    let time = start
    const write = setInterval(
      () =>
        add(
          'kitchen',
          Array.from({ length: 7 }, () => [time++, time % 50] as const),
        ),
      5,
    )
    for (let i = 0; i < 4; i++) {
      await eventually(async () => (await there()).length > i * 100)
      await postgres.kill()
      await postgres.start()
    }
    clearInterval(write)
    await count(time - start)
    await eventually(() => store.feed.waiting().commits === 0)
  })

  it('sends everything again, each reading once, to a server that was put back or emptied', async () => {
    await begin()
    add('kitchen', [[start, 1]])
    await count(1)
    await postgres.query('UPDATE hearthwatch.site SET seq = 0; DELETE FROM hearthwatch.reading')
    add('kitchen', [[start + 1000, 2]])
    // The next connection finds the hole.
    await postgres.kill()
    await postgres.start()
    await count(2)
    await postgres.query('DROP SCHEMA hearthwatch CASCADE')
    await count(2)
  })

  const devices = async () =>
    (await postgres.query<{ key: string }>('SELECT key FROM hearthwatch.device ORDER BY key')).map(({ key }) => key).join()

  it('drops what waits above its limit, and then sends all from the readings', async () => {
    await begin()
    add('kitchen', [[start, 1]])
    for (const id of ['pi-1', 'pi-2']) store.transaction(() => store.devices.put(store.devices.getOrMake(id, id, 'kitchen')))
    await count(1)
    await eventually(async () => (await devices()) === 'pi-1,pi-2')
    await forwarding?.close()
    store.close()
    store = openStore(join(folder, 'house.db'), undefined, undefined, { feedLimit: 2000 })
    await postgres.kill()
    await begin()
    for (let i = 1; i <= 100; i++) add('kitchen', [[start + i, i]])
    assert.ok(store.feed.waiting().bytes < 3000)
    assert.equal(store.feed.rebuild, 0)
    // Its removal waits nowhere any more.
    store.transaction(() => store.devices.remove('pi-2'))
    await postgres.start()
    await count(101)
    await eventually(async () => (await devices()) === 'pi-1')
  })

  it('refuses a schema of a newer version and a user without rights, says why, and waits', async () => {
    await begin()
    add('kitchen', [[start, 1]])
    await count(1)
    await forwarding?.close()
    await postgres.query('UPDATE hearthwatch.version SET version = 99')
    await begin()
    await eventually(() => /version 99.*update this monitor/.test(forwarding?.trouble ?? ''))
    await forwarding?.close()
    await postgres.query('UPDATE hearthwatch.version SET version = 1')
    await postgres.query('DO $$ BEGIN CREATE ROLE nobody LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$')
    const url = postgres.url.replace('hearthwatch@', 'nobody@')
    forwarding = await beginForwarding({ config: { FORWARD_URL: url, SITE: 'home' }, store, timing: quick, log: silent })
    await eventually(() => /permission denied/.test(forwarding?.trouble ?? ''))
    add('kitchen', [[start + 1, 2]])
    assert.equal(store.feed.waiting().commits, 1)
  })

  it('goes on after a lock that another program holds', async () => {
    await begin()
    add('kitchen', [[start, 1]])
    await count(1)
    const blocked = postgres.query('BEGIN; LOCK TABLE hearthwatch.reading IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT')
    add('kitchen', [[start + 1, 2]])
    await blocked
    await count(2)
  })

  it('waits while the disk of the server is full, and sends each reading once when there is room', {
    skip: process.getuid?.() === 0 ? false : 'a disk of its own can only be mounted by root',
  }, async (t) => {
    const disk = mkdtempSync(join(tmpdir(), 'full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=0777', 'tmpfs', disk])
    t.after(async () => {
      await postgres.query('DROP SCHEMA hearthwatch CASCADE')
      await postgres.query('ALTER DATABASE postgres RESET default_tablespace')
      await postgres.query('DROP TABLESPACE small')
      execFileSync('umount', ['--lazy', disk])
      rmSync(disk, { recursive: true })
    })
    const space = join(disk, 'space')
    mkdirSync(space)
    if (postgres.user) chownSync(space, postgres.user.uid, postgres.user.gid)
    await postgres.query(`CREATE TABLESPACE small LOCATION '${space}'`)
    await postgres.query('ALTER DATABASE postgres SET default_tablespace = small')
    await begin()
    add('kitchen', [[start, 1]])
    await count(1)

    const filler = join(disk, 'filler')
    const room = () => statfsSync(disk).bavail * statfsSync(disk).bsize
    writeFileSync(filler, Buffer.alloc(room() - 65_536))
    const many = Array.from({ length: 5000 }, (_, i) => [start + 1000 * (i + 1), i] as const)
    for (let from = 0; from < many.length; from += 100) add('kitchen', many.slice(from, from + 100))
    await eventually(() => /No space left on device/.test(forwarding?.trouble ?? ''))
    // The house goes on in the meantime.
    add('attic', [[start, 20]])
    assert.ok(store.feed.waiting().commits > 0)
    rmSync(filler)
    await count(5002)
    await eventually(() => store.feed.waiting().commits === 0)
  })

  it('a second monitor with the name of a site is refused while the first is alive', async () => {
    await begin()
    add('kitchen', [[start, 1]])
    await count(1)
    const other = openStore(join(folder, 'other.db'))
    other.transaction(() => other.readings.addTimed({ room: 'attic', quantity: 'temperature', device: null }, 1, start, false))
    const second = await beginForwarding({ config: { FORWARD_URL: postgres.url, SITE: 'home' }, store: other, timing: quick, log: silent })
    await eventually(() => /another monitor forwards as the site home/.test(second?.trouble ?? ''))
    assert.equal((await there()).length, 1)
    await second?.close()
    other.close()
  })

  it('has all that the dashboard of many sites asks for', async () => {
    await begin()
    add('kitchen', [[Date.now(), 21]])
    await count(1)
    const { panels, templating } = JSON.parse(readFileSync(new URL('../../../../docs/grafana-sites.json', import.meta.url), 'utf8')) as {
      panels: { targets: { rawSql: string }[] }[]
      templating: { list: { query: string }[] }
    }
    const asked = [...panels.flatMap(({ targets }) => targets.map(({ rawSql }) => rawSql)), ...templating.list.map(({ query }) => query)]
    assert.equal(asked.length, 6)
    // Grafana replaces these before it asks.
    const filled = (sql: string) =>
      sql
        .replaceAll(/\$__timeFilter\((\w+)\)/g, "$1 > now() - interval '1 day'")
        .replace('$__timeGroup(time, $__interval)', "date_bin('1 minute', time, now())")
        .replaceAll('$quantity', 'temperature')
        .replaceAll('$site', "'home'")
    const rows = await Promise.all(asked.map((sql) => postgres.query(filled(sql))))
    assert.deepEqual(
      rows.map(({ length }) => length),
      [1, 0, 1, 0, 1, 1],
    )
  })
})
