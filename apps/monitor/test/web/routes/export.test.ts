import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { day, hour, second } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import fc from 'fast-check'
import { cellOf } from '../../../store/readings/csv.ts'

const now = Date.UTC(2026, 10, 23, 12)
const header = 'time,room,quantity,device,value'

/** Reads one line of CSV as RFC 4180 has it. */
function parse(line: string): string[] {
  const cells: string[] = []
  for (const [, quoted, plain] of `${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g))
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
  return cells
}

describe('A CSV cell', () => {
  it('a text cell is never a formula, whether commas or semicolons separate cells, and reads back with apostrophes only', () => {
    for (const text of ['=cmd()', '+1', '-1', '@sum', '\t=1', '\r=1', '＝cmd()', '＠a']) assert.match(cellOf(text), /^"?'/)
    for (const text of ['a;=1*1;b', 'a;\t=1', 'a; @sum', 'a\t-1']) assert.doesNotMatch(cellOf(text), /[;\t]\s*[=+\-@]/)
    assert.equal(cellOf('a;=1*1;b'), "a;'=1*1;b")
    assert.equal(cellOf('客廳'), '客廳')
    assert.equal(cellOf('a=b'), 'a=b')
    assert.equal(cellOf('living "room", upstairs'), '"living ""room"", upstairs"')
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [cell = '', ...more] = parse(cellOf(text))
        assert.deepEqual(more, [])
        assert.equal(cell.replaceAll("'", ''), text.replaceAll("'", ''))
        assert.doesNotMatch(cell, /^[=+\-@\t\r]|[;\t]\s*[=+\-@]/)
      }),
    )
  })
})

describe('GET /api/export.csv', () => {
  let page: Page
  before(async () => {
    page = await startPage()
    page.addReadings('kitchen', [
      [now - 3 * hour, 20.5],
      [now - hour, -3.25],
    ])
    page.addReadings('kitchen', [[now - 2 * hour, 1e21]], 'pi-2')
    page.addReadings('=cmd("calc")', [[now - 3 * day, 5]], null, 'humidity')
  })
  after(() => page.close())
  const ask = async (query: Record<string, string | number> = {}) =>
    page.ask(`/api/export.csv?${new URLSearchParams(query as Record<string, string>)}`)

  it('the export has one line per reading of the last 24 hours, in the order of time', async () => {
    const { status, headers, text } = await ask({ room: 'kitchen', quantity: 'temperature' })
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'text/csv; charset=utf-8')
    const file = 'kitchen-temperature-2026-11-22-2026-11-23.csv'
    assert.equal(headers['content-disposition'], `attachment; filename="${file}"; filename*=UTF-8''${file}`)
    assert.deepEqual(text.split('\n'), [
      header,
      '2026-11-23T09:00:00.000Z,kitchen,temperature,pi-1,20.5',
      '2026-11-23T10:00:00.000Z,kitchen,temperature,pi-2,1e+21',
      '2026-11-23T11:00:00.000Z,kitchen,temperature,pi-1,-3.25',
      '',
    ])
  })

  it('the export can be limited to a device, from inclusive, to exclusive', async () => {
    const { text } = await ask({ room: 'kitchen', quantity: 'temperature', device: 'pi-1', from: now - 3 * hour, to: now - hour })
    assert.deepEqual(text.split('\n').slice(1, -1), ['2026-11-23T09:00:00.000Z,kitchen,temperature,pi-1,20.5'])
  })

  it('several rooms and quantities are exported in local time, without floating-point noise, to a file named after them', async () => {
    page.addReadings('陽台', [[Date.UTC(2026, 1, 28, 16), 12.745000000000001]])
    page.addReadings('陽台', [[Date.UTC(2026, 2, 1, 15, 59, 59, 900), 0.1 + 0.2]], 'pi-9', 'humidity')
    page.addReadings('balcony', [[Date.UTC(2026, 1, 28, 17), 1]])
    page.addReadings('陽台', [[Date.UTC(2026, 1, 28, 18), 90]], 'pi-9', 'battery')
    const query = new URLSearchParams({
      from: String(Date.UTC(2026, 1, 28, 16)),
      to: String(Date.UTC(2026, 2, 1, 16)),
      zone: 'Asia/Taipei',
      bom: '1',
    })
    for (const room of ['陽台', '=cmd("calc")']) query.append('room', room)
    for (const quantity of ['temperature', 'humidity']) query.append('quantity', quantity)
    const { text, headers } = await page.ask(`/api/export.csv?${query}`)
    assert.deepEqual(text.split('\n'), [
      `\uFEFF${header}`,
      '2026-03-01 00:00:00,陽台,temperature,pi-1,12.745',
      '2026-03-01 23:59:59,陽台,humidity,pi-9,0.3',
      '',
    ])
    const file = `${encodeURIComponent('陽台')}--cmd-calc--temperature-humidity-2026-03-01.csv`
    assert.ok(headers['content-disposition']?.endsWith(`filename*=UTF-8''${file}`), headers['content-disposition'])
    for (let n = 0; n < 3; n++) query.append('room', `room ${n}`)
    const more = await page.ask(`/api/export.csv?${query}`)
    assert.match(more.headers['content-disposition'] ?? '', /"5-rooms-temperature-humidity-2026-03-01\.csv"/)
    const { status, json } = await ask({ zone: 'Mars/Olympus' })
    assert.deepEqual([status, json.fields], [400, [{ field: 'zone', problem: 'not-found' }]])
  })

  it('the export has the names of rooms in a sixth column on request', async () => {
    page.store.labels.put({ room: 'kitchen', name: '=廚房, unten', icon: null, position: null, group: null })
    const { text } = await ask({ room: 'kitchen', device: 'pi-2', names: 1 })
    assert.deepEqual(text.split('\n').slice(0, 2), [
      `${header},name`,
      `2026-11-23T10:00:00.000Z,kitchen,temperature,pi-2,1e+21,"'=廚房, unten"`,
    ])
  })

  it('the export has no formulas, and unchanged numbers', async () => {
    const { text } = await ask({ from: now - 4 * day, to: now - 2 * day })
    assert.equal(text.split('\n')[1], `2026-11-20T12:00:00.000Z,"'=cmd(""calc"")",humidity,,5`)
  })

  it('an export without readings has a header only, and a reversed span is refused', async () => {
    assert.equal((await ask({ room: 'nowhere' })).text, `${header}\n`)
    assert.equal((await ask({ from: 5, to: 5 })).status, 400)
    assert.equal((await ask({ from: 'now' })).status, 400)
  })

  it('the export is compressed if the client accepts it', async () => {
    page.addReadings(
      'attic',
      Array.from({ length: 5000 }, (_, i) => [now - day + i * 1000, i] as const),
    )
    const plain = (await ask({ room: 'attic' })).text
    const packed = await fetch(`${page.url}/api/export.csv?room=attic`, { headers: { 'accept-encoding': 'br' } })
    assert.equal(packed.headers.get('content-encoding'), 'br')
    assert.equal(await packed.text(), plain)
    assert.equal(plain.split('\n').length, 5002)
  })

  it('the export is read as fast as the client receives it, and stops when the client disconnects', async () => {
    const many = 400_000
    page.addReadings(
      'cellar',
      Array.from({ length: many }, (_, i) => [now - 300 * day + i * second, i % 50] as const),
    )
    const { each } = page.store.readings
    let read = 0
    page.store.readings.each = function* (...asked: Parameters<typeof each>) {
      for (const reading of each(...asked)) {
        read += 1
        yield reading
      }
    }
    /** The number of readings read once the transfer has stopped. */
    const settled = async () => {
      for (let before = -1, still = 0; still < 4; await delay(100)) {
        still = before === read ? still + 1 : 0
        before = read
      }
      return read
    }
    try {
      const sent = request(`${page.url}/api/export.csv?room=cellar&from=0`)
      sent.end()
      const [response] = await once(sent, 'response')
      await once(response, 'readable')
      // The buffers of the system are filled first.
      const before = await settled()
      assert.ok(before < many, `${before} of ${many} were read`)
      response.destroy()
      // The chunk in progress is completed.
      assert.ok((await settled()) - before <= 1000)
    } finally {
      page.store.readings.each = each
    }
  })
})
