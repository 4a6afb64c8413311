import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'

describe('Labels of rooms', () => {
  let page: Page
  const put = (room: string, body: unknown) => page.ask(`/api/labels/${encodeURIComponent(room)}`, { method: 'PUT', body })
  const rooms = async (): Promise<{ room: string; name: string | null; icon: string | null }[]> =>
    (await page.ask('/api/rooms')).json.map(({ room, name, icon }: Record<string, string>) => ({ room, name, icon }))
  before(async () => {
    page = await startPage()
    for (const room of ['kitchen', 'attic', '客廳'])
      page.liveState.show(room, 'temperature', { value: 20, time: page.clock.now, device: null })
    page.addDevice({ id: 'pi-9', room: 'cellar' })
  })
  after(() => page.close())

  it('rooms without labels are sorted by their MQTT names', async () => {
    assert.deepEqual((await page.ask('/api/labels')).json, [])
    assert.deepEqual(await rooms(), [
      { room: 'attic', name: null, icon: null },
      { room: 'cellar', name: null, icon: null },
      { room: 'kitchen', name: null, icon: null },
      { room: '客廳', name: null, icon: null },
    ])
  })

  it('rooms are sorted by position, then by display name', async () => {
    assert.deepEqual((await put('客廳', { name: ' Living room ', icon: '🛋️', position: 1 })).json, {
      room: '客廳',
      name: 'Living room',
      icon: '🛋️',
      position: 1,
      group: null,
    })
    await put('kitchen', { position: 0 })
    await put('attic', { name: 'Dusty' })
    assert.deepEqual(
      (await rooms()).map(({ room }) => room),
      ['kitchen', '客廳', 'cellar', 'attic'],
    )
    assert.deepEqual(
      (await page.ask('/api/labels')).json.map(({ room }: { room: string }) => room),
      ['kitchen', '客廳', 'attic'],
    )
  })

  it('an omitted field of a label stays, and null removes it', async () => {
    await put('cellar', { name: 'Wine', icon: '🍷', position: 3, group: ' 地下室 ' })
    assert.deepEqual((await put('cellar', { name: null })).json, { room: 'cellar', name: null, icon: '🍷', position: 3, group: '地下室' })
    assert.deepEqual((await put('cellar', {})).json, { room: 'cellar', name: null, icon: '🍷', position: 3, group: '地下室' })
    assert.equal((await page.ask('/api/rooms')).json.find(({ room }: { room: string }) => room === 'cellar').group, '地下室')
    await put('cellar', { icon: null, position: null, group: null })
    assert.equal(page.store.labels.get('cellar'), undefined)
  })

  it('a changed label is sent to event streams', async () => {
    const heard: unknown[] = []
    const stop = page.liveState.onEvent((event) => heard.push(event))
    await put('kitchen', { icon: '🍳' })
    stop()
    assert.deepEqual(heard, [{ type: 'label', data: { room: 'kitchen', name: null, icon: '🍳', position: 0, group: null } }])
  })

  it('an icon is exactly one visible character, such as a family, a flag or a letter', async () => {
    for (const icon of ['👨‍👩‍👧‍👦', '🇹🇼', '廚', 'é', '<']) assert.equal((await put('kitchen', { icon })).status, 200, icon)
    for (const icon of ['', ' ', 'ab', '🍳🍳', '\u200d', '\u202e', '\n', `a${'\u0301'.repeat(40)}`, 5]) {
      const answer = await put('kitchen', { icon })
      assert.equal(answer.status, 400, JSON.stringify(icon))
      assert.match(answer.json.error, /icon/)
    }
  })

  it('a display name and a group are one line of 1 to 64 characters', async () => {
    const markup = '<img src=x onerror=alert(1)>'
    assert.equal((await put('kitchen', { name: markup })).json.name, markup)
    assert.equal((await put('kitchen', { name: '🏠'.repeat(64) })).status, 200)
    for (const text of ['', '  ', 'x'.repeat(65), 'two\nlines', 'a\u2028b', '\ud800', 5, {}]) {
      for (const field of ['name', 'group']) {
        const answer = await put('kitchen', { [field]: text })
        assert.equal(answer.status, 400, JSON.stringify(text))
        assert.equal(answer.json.fields[0].field, field)
      }
    }
    for (const position of [-1, 1.5, 1e9, '1']) assert.equal((await put('kitchen', { position })).status, 400, String(position))
    assert.equal((await put('kitchen', { colour: 'red' })).status, 400)
  })

  it('a label of an unknown room is refused', async () => {
    for (const room of ['nowhere', '__proto__', '../x']) assert.equal((await put(room, { name: 'x' })).status, 404, room)
  })
})
