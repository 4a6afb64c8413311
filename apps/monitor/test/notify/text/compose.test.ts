import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { acknowledgeLinks } from '../../../notify/acknowledge-link.ts'
import { composer } from '../../../notify/text/compose.ts'
import { createWords } from '../../../notify/text/words.ts'
import { type Alert, newAlert } from '../../../rules/alert.ts'
import type { Content } from '../../../store/notifications.ts'
import type { Point } from '../../../store/readings/readings.ts'
import { openStore, type Store } from '../../../store/store.ts'

const at = Date.UTC(2026, 10, 23, 6)
const id = '0b0c8a54-5d2b-4c79-8d0f-1a4a5e3e0e11'
const words = createWords({ language: 'en', timeZone: 'Asia/Taipei' })
const links = acknowledgeLinks(Buffer.alloc(32, 7))

let lastId = 0
function step(transition: 'firing' | 'repeat' | 'resolved', given: Partial<Alert> = {}): Content {
  lastId += 1
  const alert = newAlert({
    subject: 's',
    rule: 'too-hot',
    condition: 'above',
    severity: 'critical',
    state: 'firing',
    started: at,
    fired: at,
  })
  return {
    kind: 'alert',
    transition,
    at,
    alert: { id: lastId, ...alert, room: '客廳', quantity: 'temperature', value: 31, bound: 30, ...given },
  }
}

function compose(contents: Content[], points: Point[] = [], publicUrl: string | undefined = 'https://home.example.org/hearth?x#y') {
  const readings = { range: () => ({ resolution: 0, points }) }
  return composer({ words, readings, links, publicUrl })({ id, contents, at, wasHeld: false, budget: null })
}

describe('The links of a message', () => {
  it('lead to the room of a single alert, to the list of several alerts, and are left out without PUBLIC_URL', () => {
    assert.equal(compose([step('firing')]).link, 'https://home.example.org/hearth/#/room/%E5%AE%A2%E5%BB%B3')
    assert.equal(compose([step('firing'), step('firing')]).link, 'https://home.example.org/hearth/#/alerts')
    assert.equal(compose([step('firing', { room: null })]).link, 'https://home.example.org/hearth/#/alerts')
    const { link, acknowledge, text } = composer({ words, links })({ id, contents: [step('firing')], at, wasHeld: false, budget: null })
    assert.deepEqual([link, acknowledge, text.includes('http')], [null, null, false])
  })

  it('acknowledge firing alerts, and are signed for this message and one week', () => {
    const { acknowledge } = compose([step('firing')])
    const token = acknowledge?.split('/a/')[1] ?? ''
    assert.equal(acknowledge, `https://home.example.org/hearth/a/${token}`)
    assert.deepEqual(links.read(token, at + 7 * 24 * 60 * minute - 1000), { message: id })
    assert.equal(links.read(token, at + 7 * 24 * 60 * minute), 'expired')
    assert.equal(compose([step('resolved', { value: 28 })]).acknowledge, null)
    assert.notEqual(compose([step('resolved'), step('repeat')]).acknowledge, null)
  })

  it('are invalid if one character is changed or cut, or if another installation signed them', () => {
    const token = links.token(id, at)
    assert.match(token, /^[\w-]{48}$/)
    for (let i = 0; i < token.length; i++) {
      const forged = `${token.slice(0, i)}${token[i] === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`
      assert.equal(links.read(forged, at), 'forged', `${i}`)
    }
    for (const forged of ['', 'A', token.slice(0, -1), `${token}A`, `${token}=`, ` ${token}`, token.replace(/.$/, '+')])
      assert.equal(links.read(forged, at), 'forged')
    assert.equal(links.read(acknowledgeLinks(Buffer.alloc(32, 8)).token(id, at), at), 'forged')
  })
})

describe('The chart of the last hours', () => {
  const rising = Array.from({ length: 180 }, (_, i): Point => [at - (180 - i) * minute, 20 + i / 20, 20 + i / 20, 20 + i / 20, 1])

  it('is a row of characters in the text and a line with the limit across in the HTML, without anything loaded from elsewhere', () => {
    const { text, html } = compose([step('firing')], rising)
    assert.match(text, /Temperature between 20\.0 °C and 31\.0 °C\n▁[▁▂▃▄▅▆▇█]{34}█\n11:00 – 14:00/)
    // Each row of the drawing has all 36 columns, and one row has the rule of the limit.
    const drawn = html.match(/<tr height="4".*?<\/tr>/g) ?? []
    const widths = drawn.map((row) => [...row.matchAll(/colspan="(\d+)"/g)].reduce((sum, [, width]) => sum + Number(width), 0))
    assert.deepEqual(widths, Array(drawn.length).fill(36))
    assert.equal(drawn.filter((row) => row.includes('border-top:1px dashed')).length, 1)
    assert.match(html, />31\.0\u00a0°C<.*>20\.0\u00a0°C<.*limit 30\.0\u00a0°C/s)
    assert.doesNotMatch(html, /<svg|<img|url\(|<script|<link/)
    assert.ok(html.length < 20_000)
  })

  it('shows missing readings as gaps, and the reading that fired the alert even before it is stored', () => {
    const { text } = compose([step('firing')], rising.slice(0, 60))
    assert.match(text, /\n▁[▁▂▃]+·{15,}█\n/)
  })

  it('is part of a message about a single alert with readings', () => {
    for (const contents of [[step('firing'), step('firing')], [step('firing', { quantity: null, condition: 'offline', value: null })]])
      assert.doesNotMatch(compose(contents, rising).text, /[▁█]/)
    assert.doesNotMatch(compose([step('resolved', { value: null })], []).text, /[▁█]/)
  })
})

describe('The chart of a new installation', () => {
  let store: Store
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'compose-'))
    store = openStore(join(folder, 'test.db'))
  })
  after(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  /** A reading every ten seconds for some minutes, from 20 °C to 31 °C and, if the alert is resolved, back to 29 °C. */
  function mail(room: string, minutes: number, transition: 'firing' | 'resolved' = 'firing', language: 'en' | 'zh-TW' = 'en') {
    const count = minutes * 6
    const peak = transition === 'firing' ? count - 1 : Math.floor(count * 0.7)
    store.transaction(() => {
      for (let i = 0; i < count; i += 1) {
        const value = i <= peak ? 20 + (11 * i) / peak : 31 - (2 * (i - peak)) / (count - 1 - peak)
        store.readings.addTimed({ room, quantity: 'temperature', device: null }, value, at - (count - i) * 10_000, false)
      }
    })
    const words = createWords({ language, timeZone: 'Asia/Taipei' })
    const content = step(transition, { room, value: transition === 'firing' ? 31 : 29, started: at - minute, fired: at - minute })
    return composer({ words, readings: store.readings })({ id, contents: [content], at, wasHeld: false, budget: null })
  }

  it('shows the minutes with readings, not the hours before', () => {
    assert.match(mail('new', 5).text, /Temperature between 20\.0 °C and 31\.0 °C\n▁[▁▂▃▄▅▆▇█]{34}█\n13:55 – 14:00/)
    assert.match(mail('older', 40).text, /\n▁[▁▂▃▄▅▆▇█]{34}█\n13:20 – 14:00/)
    assert.match(mail('old', 240).text, /\n▁[▁▂▃▄▅▆▇█]{34}█\n11:00 – 14:00/)
  })

  it('is left out while there are too few readings', () => {
    const { text, html } = mail('brand-new', 1)
    assert.doesNotMatch(text, /[▁█]/)
    assert.doesNotMatch(html, /<tr height/)
  })

  it('ends with the reading that resolved the alert, and shows no earlier value as the current one', () => {
    const { text, html } = mail('cooled', 120, 'resolved', 'zh-TW')
    assert.match(text, /溫度介於 20\.0 °C 與 31\.0 °C 之間\n▁[▁▂▃▄▅▆▇█]+█[▁▂▃▄▅▆▇]+\n/)
    // The last column ends in the colour of values within limits.
    const last = (html.match(/<tr height="4".*?<\/tr>/g) ?? []).filter((row) => /bgcolor="#\w+"[^>]*><\/td><\/tr>$/.test(row))
    assert.match(last.join(), /#5b7c8d"[^>]*><\/td><\/tr>/)
    assert.doesNotMatch(last.join(), /#d32f2f"[^>]*><\/td><\/tr>/)
    assert.doesNotMatch(text, /：31/)
  })
})

describe('A repeated notification', () => {
  const now = (value: number): Point[] => [[at - minute, value, value, value, 1]]

  it('has the current value while that is still beyond the limit', () => {
    assert.equal(compose([step('repeat', { started: at - 45 * minute })], now(33.3)).subject, '客廳 33.3 °C: still too hot, for 45 min')
    assert.equal(compose([step('repeat', { started: at - 45 * minute })], now(29.5)).subject, '客廳 31.0 °C: still too hot, for 45 min')
    assert.equal(
      compose([step('firing')], now(33.3)).subject,
      '客廳 31.0 °C: too hot',
      'the first notification has the value that fired the alert',
    )
  })
})

describe('A message about a storm of alerts', () => {
  it('lists 50 of them, then a number beside the link to all, and stays below the 102 KB at which Gmail cuts', () => {
    const storm = Array.from({ length: 2000 }, (_, i) =>
      step('firing', {
        subject: `s${i}`,
        rule: 'offline',
        condition: 'offline',
        room: `greenhouse ${i}`,
        device: `sensor-${i}`,
        quantity: null,
        value: null,
      }),
    )
    const { html, text, link } = compose(storm)
    assert.equal(text.match(/greenhouse \d+/g)?.filter((name, i, all) => all.indexOf(name) === i).length, 50)
    assert.match(text, /… and 1,?950 more\./)
    assert.ok(text.includes(link ?? '-'))
    assert.ok(Buffer.byteLength(html) < 102 * 1024, `${Buffer.byteLength(html)} bytes`)
  })
})
