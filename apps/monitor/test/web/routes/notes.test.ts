import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'

describe('Notes on charts', () => {
  let page: Page
  const add = (body: object) => page.ask('/api/notes', { method: 'POST', body })
  const texts = async (query = '') => (await page.ask(`/api/notes${query}`)).json.map(({ text }: { text: string }) => text)
  before(async () => {
    page = await startPage()
    for (const room of ['kitchen', '客廳']) page.liveState.show(room, 'temperature', { value: 20, time: page.clock.now, device: null })
  })
  after(() => page.close())

  it('a note is added, told to event streams, found by room and time, and removed', async () => {
    const heard: unknown[] = []
    const stop = page.liveState.onEvent((event) => heard.push(event))
    const { status, json } = await add({ room: '客廳', time: page.clock.now - 1000, text: ' 窗戶開了一整天 🪟 ' })
    assert.deepEqual([status, json], [201, { id: json.id, room: '客廳', time: page.clock.now - 1000, text: '窗戶開了一整天 🪟' }])
    assert.deepEqual(heard, [{ type: 'note', data: { room: '客廳' } }])
    await add({ room: 'kitchen', time: page.clock.now, text: 'defrosted' })
    await add({ room: 'kitchen', time: page.clock.now - 5000, text: '<b>oven</b>' })
    assert.deepEqual(await texts(), ['<b>oven</b>', '窗戶開了一整天 🪟', 'defrosted'])
    assert.deepEqual(await texts('?room=kitchen'), ['<b>oven</b>', 'defrosted'])
    assert.deepEqual(await texts(`?from=${page.clock.now - 1000}&to=${page.clock.now}`), ['窗戶開了一整天 🪟'])
    assert.equal((await page.ask(`/api/notes/${json.id}`, { method: 'DELETE' })).status, 204)
    assert.equal((await page.ask(`/api/notes/${json.id}`, { method: 'DELETE' })).status, 404)
    assert.deepEqual(await texts('?room=%E5%AE%A2%E5%BB%B3'), [])
    stop()
  })

  it('a note is one line of 1 to 200 characters, about a known room, and not in the future', async () => {
    const good = { room: 'kitchen', time: page.clock.now, text: '🏠'.repeat(200) }
    assert.equal((await add(good)).status, 201)
    for (const text of ['', '  ', '🏠'.repeat(201), 'two\nlines', 'a\u2028b', '\ud800', 5, null]) {
      const answer = await add({ ...good, text })
      assert.deepEqual([answer.status, answer.json.fields[0].field], [400, 'text'], JSON.stringify(text))
    }
    for (const time of [page.clock.now + 120_000, -1, 0.5, '1']) assert.equal((await add({ ...good, time })).status, 400, String(time))
    for (const room of ['nowhere', '__proto__']) assert.equal((await add({ ...good, room })).status, 404, room)
  })

  it('is in the export on request, in a line of its own', async () => {
    const at = page.clock.now - 3_600_000
    page.addReadings('客廳', [
      [at, 20],
      [at + 2000, 21],
    ])
    await add({ room: '客廳', time: at + 1000, text: '=1+1, "open"' })
    await add({ room: '客廳', time: at + 9000, text: 'closed' })
    const { text } = await page.ask(`/api/export.csv?room=${encodeURIComponent('客廳')}&names=1&notes=1`)
    assert.deepEqual(text.split('\n'), [
      'time,room,quantity,device,value,name,note',
      '2026-11-23T11:00:00.000Z,客廳,temperature,pi-1,20,客廳,',
      '2026-11-23T11:00:01.000Z,客廳,,,,客廳,"\'=1+1, ""open"""',
      '2026-11-23T11:00:02.000Z,客廳,temperature,pi-1,21,客廳,',
      '2026-11-23T11:00:09.000Z,客廳,,,,客廳,closed',
      '',
    ])
  })
})
