import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { need } from '@hearthwatch/testhouse/need'
import type { WebOptions } from '../../monitor/web/server.ts'
import { assertAccessible } from './axe.ts'
import { becomes, useBrowser } from './browser.ts'
import { isDrawn, readout, startKitchen } from './kitchen.ts'

describe('A room over time', need('chromium'), () => {
  const open = useBrowser()

  it('a chart shows a day with its extremes and continues live', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await readout(tab).getByText('highest 24.0').waitFor()
    await readout(tab).getByText('lowest 20.0').waitFor()
    await isDrawn(tab)
    await assertAccessible(tab, 'room')
    const data = { room: 'kitchen', quantity: 'temperature', value: 29, time: Date.now(), device: 'pi-1' }
    page.liveState.show('kitchen', 'temperature', data)
    page.liveState.emit({ type: 'reading', data })
    await readout(tab).getByText('highest 29.0').waitFor()
  })

  it('a chart of a year has a few hundred points', async (t) => {
    const page = await startKitchen(t)
    const year = Array.from({ length: 365 * 24 }, (_, i) => [Date.now() - i * hour - 3 * 24 * hour, 15 + 10 * Math.sin(i / 1400)] as const)
    page.addReadings('kitchen', year)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await readout(tab).getByText('lowest 20.0').waitFor()
    const [answer] = await Promise.all([
      tab.waitForResponse((response) => response.url().includes('api/readings')),
      tab.getByRole('button', { name: 'Year' }).click(),
    ])
    const { points, resolution } = await answer.json()
    assert.ok(points.length > 200 && points.length <= 500, `${points.length}`)
    assert.ok(resolution >= hour)
    await readout(tab).getByText('lowest 5.0').waitFor()
    await isDrawn(tab)
    assert.match(tab.url(), /span=year/)
    await tab.getByRole('button', { name: 'All' }).click()
    await readout(tab).getByText('lowest 5.0').waitFor()
  })

  it('a chart has the readings of a lost connection', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await readout(tab).getByText('highest 24.0').waitFor()
    await tab.context().setOffline(true)
    await tab.getByText('No connection to the monitor').waitFor()
    page.addReadings('kitchen', [[Date.now() - 5 * minute, 33]])
    await tab.context().setOffline(false)
    await readout(tab).getByText('highest 33.0').waitFor()
  })

  it('a chart has the late readings of a sensor that is back', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await readout(tab).getByText('highest 24.0').waitFor()
    page.addReadings('kitchen', [[Date.now() - 3 * hour, 35]])
    page.liveState.emit({ type: 'status', data: { room: 'kitchen', device: 'pi-1', status: 'online' } })
    await readout(tab).getByText('highest 35.0').waitFor()
  })

  it('a chart is compared with another room and with the week before', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, { hash: '#/room/kitchen' })
    await tab.getByLabel('Compare with').selectOption({ label: 'attic' })
    await readout(tab).getByText('attic').waitFor()
    await readout(tab).getByText('highest 10.0').waitFor()
    await tab.getByLabel('Compare with').selectOption({ label: 'the week before' })
    await readout(tab).getByText('the week before').waitFor()
    await readout(tab).getByText('no readings').waitFor()
  })

  it('readings of several rooms over a month are saved as CSV, and a chart as a picture', async (t) => {
    const page = await startKitchen(t)
    const month = new Date()
    month.setMonth(month.getMonth() - 5, 15)
    month.setHours(12, 0, 0, 0)
    page.addReadings('attic', [[month.getTime(), 12.345]])
    page.addReadings('kitchen', [[month.getTime() + minute, 20.1]])
    const tab = await open(t, page.url, { hash: '#/room/attic' })
    await isDrawn(tab)
    await tab.getByRole('button', { name: 'Export' }).click()
    await tab.getByRole('dialog').getByRole('button', { name: 'kitchen' }).click()
    await assertAccessible(tab, 'export')
    const label = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' }).format(month)
    await tab.getByRole('dialog').getByLabel('Dates').selectOption({ label })
    const [table] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('link', { name: 'Download' }).click()])
    const two = (n: number) => String(n).padStart(2, '0')
    const date = `${month.getFullYear()}-${two(month.getMonth() + 1)}`
    assert.match(table.suggestedFilename(), new RegExp(`^attic-kitchen-temperature-${date}-01-${date}-\\d\\d\\.csv$`))
    // Excel reads UTF-8 only with the mark at the start.
    assert.deepEqual((await readFile(await table.path(), 'utf8')).split('\n'), [
      '\uFEFFtime,room,quantity,device,value,name,note',
      `${date}-15 12:00:00,attic,temperature,pi-1,12.345,attic,`,
      `${date}-15 12:01:00,kitchen,temperature,pi-1,20.1,kitchen,`,
      '',
    ])
    const [picture] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('button', { name: 'PNG' }).click()])
    assert.match(picture.suggestedFilename(), /^attic-Temperature-.*20\d\d.*\.png$/)
    const bytes = await readFile(await picture.path())
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG')
    // The height in the head of the file: the chart of 260 px, a title, and a legend with one line.
    assert.equal(bytes.readUInt32BE(20), 260 + 24 + 34 + 22)
  })

  it('an unknown room and a room without readings are explained', async (t) => {
    const page = await startKitchen(t)
    page.liveState.show('cellar', 'humidity', { value: 50, time: Date.now(), device: null })
    const tab = await open(t, page.url, { hash: '#/room/<b>nowhere' })
    await tab.getByText('No sensor has reported from “<b>nowhere”.').waitFor()
    await tab.goto(`${page.url}/#/room/cellar`)
    await tab.getByText('No readings in this span.').waitFor()
  })

  it('fits a phone', async (t) => {
    const page = await startKitchen(t)
    const tab = await open(t, page.url, {
      hash: '#/room/kitchen',
      viewport: { width: 320, height: 640 },
      locale: 'zh-TW',
      colorScheme: 'dark',
    })
    await isDrawn(tab)
    await becomes(() => tab.evaluate(() => document.documentElement.scrollWidth), 320)
    await assertAccessible(tab, 'room on a phone')
  })

  it('a room that has been silent for a week is offered to be forgotten', async (t) => {
    const page = await startKitchen(t)
    page.liveState.show('cellar', 'temperature', { value: 10, time: Date.now() - 9 * 24 * hour, device: null })
    const tab = await open(t, page.url, { hash: '#/room/cellar' })
    await tab.getByText('silent for 9 days').waitFor()
    const other = await open(t, page.url, { hash: '#/room/kitchen' })
    await other.getByRole('button', { name: 'Forget this room' }).waitFor()
    await becomes(() => other.getByText('Is it gone?').count(), 0)
  })

  it('a room is forgotten after a question, with or without its readings', async (t) => {
    const asked: [string, string][] = []
    const page = await startKitchen(t, {
      control: { isConnected: () => true } as WebOptions['control'],
      forgetRoom: async (room, history) => {
        asked.push([room, history])
        page.liveState.forgetRoom(room)
        return true
      },
    })
    const tab = await open(t, page.url, { hash: '#/room/attic' })
    await tab.getByRole('button', { name: 'Forget this room' }).click()
    await assertAccessible(tab, 'forget a room')
    await tab.getByLabel('Delete its readings for good').check()
    await tab.getByRole('dialog').getByRole('button', { name: 'Forget this room' }).click()
    await tab.waitForURL(/#\/$|#\/home|\/$/)
    // Home loads this part on demand; the page must not be closed meanwhile.
    await tab.getByText('First steps').waitFor()
    assert.deepEqual(asked, [['attic', 'delete']])
  })
})
