import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { createWords } from '../../../notify/text/words.ts'
import { type Alert, newAlert } from '../../../rules/alert.ts'
import type { Content } from '../../../store/notifications.ts'

const at = Date.UTC(2026, 10, 23, 6, 5)
const english = createWords({ language: 'en', timeZone: 'Asia/Taipei' })
const chinese = createWords({ language: 'zh-TW', timeZone: 'Asia/Taipei' })

let lastId = 0
const alert = (given: Partial<Alert>): Alert => ({
  id: ++lastId,
  ...newAlert({ subject: 's', rule: 'too-hot', condition: 'above', severity: 'critical', state: 'firing', started: at, fired: at }),
  room: 'kitchen',
  device: 'pi-1',
  ...given,
})
const hot = alert({ quantity: 'temperature', value: 31.24, bound: 30 })
const offline = alert({ rule: 'offline', condition: 'offline' })
const message = alert({ rule: 'message', condition: 'message', device: null, text: 'Oh, it is warm' })
const firing = (about: Alert): Content => ({ kind: 'alert', transition: 'firing', alert: about, at })
const repeat = (about: Alert, after: number): Content => ({ kind: 'alert', transition: 'repeat', alert: about, at: at + after })
const resolved = (about: Alert, after: number): Content => ({ kind: 'alert', transition: 'resolved', alert: about, at: at + after })

/** The subject in both languages. */
const subjects = (...contents: Content[]) => [english, chinese].map((words) => words.message(contents).subject)

describe('A subject', () => {
  it('begins with the room and the value', () => {
    assert.deepEqual(subjects(firing(hot)), ['kitchen 31.2 °C: too hot', 'kitchen 31.2 °C：溫度過高'])
    assert.equal(chinese.message([firing({ ...hot, room: '廚房' })]).subject, '廚房 31.2 °C：溫度過高')
    assert.deepEqual(subjects(firing(offline)), ['kitchen: sensor pi-1 is offline', 'kitchen：感測器 pi-1 離線'])
    assert.deepEqual(subjects(firing({ ...offline, device: null })), ['kitchen: sensor is offline', 'kitchen：感測器離線'])
    assert.deepEqual(subjects(firing(message)), ['kitchen: “Oh, it is warm”', 'kitchen：「Oh, it is warm」'])
  })

  it('has the digits that make it true beside the limit, as has the text', () => {
    const about = (value: number, bound: number, given: Partial<Alert> = {}) => {
      const of = alert({ quantity: 'temperature', value, bound, ...given })
      return [english, chinese].map((words) => words.message([firing(of)]))
    }
    const [mail, chineseMail] = about(30.04, 30)
    assert.equal(mail?.subject, 'kitchen 30.04 °C: too hot')
    assert.match(mail?.text ?? '', /Temperature: +30\.04 °C\nLimit: +30\.0 °C/)
    assert.match(chineseMail?.text ?? '', /溫度：[\s\u3000]*30\.04 °C\n上限：[\s\u3000]*30\.0 °C/)
    assert.match(about(30, 29.96)[0]?.text ?? '', /Temperature: +30\.0 °C\nLimit: +29\.96 °C/)
    assert.equal(about(-17.96, -18)[0]?.subject, 'kitchen -17.96 °C: too warm')
    assert.equal(about(-18.04, -18, { condition: 'below' })[0]?.subject, 'kitchen -18.04 °C: too cold')
    assert.equal(about(50_000.4, 50_000, { quantity: 'illuminance' })[0]?.subject, 'kitchen 50000.4 lx: light too high')
    const rising = { condition: 'rises', window: 10 * minute } as const
    assert.equal(about(4.96, 4.96, rising)[0]?.subject, 'kitchen: temperature up 4.96 °C within 10 min')
    assert.equal(english.message([resolved({ ...hot, value: 29.96 }, minute)]).subject, 'kitchen 29.96 °C: no longer too hot, after 1 min')
  })

  it('of an alert that ended by a change of its rule says so, and not that all is well', () => {
    assert.deepEqual(subjects(resolved({ ...hot, ended: 'rule-off' }, minute)), [
      'kitchen: too hot, but the rule “Too hot” was switched off',
      'kitchen：溫度過高，但規則「太熱」已停用',
    ])
    assert.match(english.message([resolved({ ...hot, ended: 'rule-removed' }, minute)]).subject, /the rule “Too hot” was removed$/)
    assert.match(
      english.message([resolved({ ...offline, ended: 'rule-changed' }, minute)]).subject,
      /offline, but the rule “Sensor offline” was changed$/,
    )
    const both = [resolved({ ...hot, ended: 'rule-off' }, minute), resolved(offline, minute)]
    assert.ok(english.message(both).subject.startsWith('2 alerts, 1 of them resolved: '))
    const colours = (about: Partial<Alert>) => english.message([resolved({ ...hot, ...about }, minute)]).html.match(/#[0-9a-f]{6}/gi)
    assert.notDeepEqual(colours({ ended: 'rule-off' }), colours({}))
  })

  it('states the duration of a resolved alert', () => {
    assert.deepEqual(subjects(resolved({ ...hot, value: 28.96 }, 12 * minute + 34_000)), [
      'kitchen 29.0 °C: no longer too hot, after 12 min 34 s',
      'kitchen 29.0 °C：溫度已恢復正常（過高持續 12 分鐘 34 秒）',
    ])
    assert.deepEqual(subjects(resolved(offline, 65 * minute)), [
      'kitchen: sensor pi-1 is back, after 1 h 5 min offline',
      'kitchen：感測器 pi-1 恢復連線（離線 1 小時 5 分鐘）',
    ])
    assert.deepEqual(subjects(resolved(message, 26 * 60 * minute)), [
      'kitchen: no more warnings from the sensor, after 1 day 2 h',
      'kitchen：感測器不再發出警告（持續 1 天 2 小時）',
    ])
  })

  it('shows no value if no reading resolved the alert', () => {
    assert.equal(english.message([resolved(hot, minute)]).subject, 'kitchen: no longer too hot, after 1 min')
  })

  it('states the duration so far in a repeated notification', () => {
    assert.deepEqual(subjects(repeat({ ...hot, value: 32.4 }, 45 * minute)), [
      'kitchen 32.4 °C: still too hot, for 45 min',
      'kitchen 32.4 °C：溫度仍然過高（已持續 45 分鐘）',
    ])
    assert.deepEqual(subjects(repeat(offline, 60 * minute)), [
      'kitchen: sensor pi-1 is still offline, for 1 h',
      'kitchen：感測器 pi-1 仍然離線（已離線 1 小時）',
    ])
  })

  it('has a phrase for each condition', () => {
    const about = (given: Partial<Alert>) => subjects(firing(alert(given)))
    const cold = { condition: 'below', quantity: 'temperature', value: 3.2, bound: 5 } as const
    assert.deepEqual(about(cold), ['kitchen 3.2 °C: too cold', 'kitchen 3.2 °C：溫度過低'])
    const thawing = { condition: 'above', quantity: 'temperature', value: -11.04, bound: -12 } as const
    assert.deepEqual(about(thawing), ['kitchen -11.0 °C: too warm', 'kitchen -11.0 °C：溫度過高'])
    const damp = { condition: 'above', quantity: 'humidity', value: 81, bound: 70 } as const
    assert.deepEqual(about(damp), ['kitchen 81%: humidity too high', 'kitchen 81%：濕度過高'])
    const stuffy = { condition: 'above', quantity: 'co2', value: 1650, bound: 1200 } as const
    assert.deepEqual(about(stuffy), ['kitchen 1650 ppm: CO₂ too high', 'kitchen 1650 ppm：二氧化碳過高'])
    const rising = { condition: 'rises', quantity: 'temperature', value: 5.3, bound: 5, window: 10 * minute } as const
    assert.deepEqual(about(rising), ['kitchen: temperature up 5.3 °C within 10 min', 'kitchen：溫度在 10 分鐘內上升 5.3 °C'])
    const falling = { ...rising, condition: 'falls' } as const
    assert.deepEqual(about(falling), ['kitchen: temperature down 5.3 °C within 10 min', 'kitchen：溫度在 10 分鐘內下降 5.3 °C'])
    const silence = ['kitchen: no temperature readings from sensor pi-1', 'kitchen：收不到感測器 pi-1 的溫度讀數']
    assert.deepEqual(about({ condition: 'silent', quantity: 'temperature' }), silence)
    assert.deepEqual(about({ ...cold, value: 6, noData: 1 }), silence)
    const broker = about({ condition: 'broker', room: null, device: null })
    assert.deepEqual(broker, ['The MQTT broker cannot be reached', '無法連線到 broker'])
  })

  it('uses the rule’s own message if it has one in the language', () => {
    const freezer = { ...hot, value: -11.04, bound: -12, message: { en: 'The freezer is thawing! Is the door shut?' } }
    assert.equal(english.message([firing(freezer)]).subject, 'kitchen -11.0 °C: The freezer is thawing! Is the door shut?')
    assert.equal(english.message([resolved({ ...freezer, value: -18 }, minute)]).subject, 'kitchen -18.0 °C: back to normal, after 1 min')
    assert.equal(chinese.message([firing(freezer)]).subject, 'kitchen -11.0 °C：溫度過高')
    const wordy = 'a'.repeat(300)
    const { subject, text } = english.message([firing({ ...hot, message: { en: wordy } })])
    assert.ok(subject.length < 120 && text.includes(wordy))
  })

  it('can render rows of an older version', () => {
    const { condition: _, message: __, window: ___, noData: ____, ...old } = hot
    assert.equal(english.message([firing(old as Alert)]).subject, 'kitchen 31.2 °C: too hot')
  })

  it('of several alerts has their number and the first three; the text lists all', () => {
    const contents = [firing(hot), firing(offline), firing(message), resolved({ ...hot, id: 99, value: 28 }, minute)]
    const { subject, text, html } = english.message(contents)
    assert.equal(
      subject,
      '4 alerts, 1 of them resolved: kitchen 31.2 °C: too hot; kitchen: sensor pi-1 is offline; kitchen: “Oh, it is warm”',
    )
    for (const lines of [
      'Too hot\n- kitchen  31.2 °C',
      'Sensors offline\n- kitchen  pi-1',
      '- kitchen  “Oh, it is warm”',
      '- kitchen  Too hot → 28.0 °C  after 1 min',
    ])
      assert.ok(text.includes(lines), text)
    assert.ok(html.includes('31.2\u00a0°C'))
    assert.equal(chinese.message(contents.slice(0, 2)).subject, '2 則警報：kitchen 31.2 °C：溫度過高；kitchen：感測器 pi-1 離線')
  })

  it('of several resolved alerts states that they are resolved', () => {
    const over = [resolved(offline, minute), resolved(hot, minute)]
    assert.ok(english.message(over).subject.startsWith('2 alerts resolved: '))
    assert.ok(chinese.message(over).subject.startsWith('2 則警報已解除：'))
  })
})

describe('A text', () => {
  it('has the room, the value, the limit and the start, in local time and local notation', () => {
    const lines = english.message([firing(hot)]).text.split('\n')
    for (const line of ['Room: kitchen', 'Temperature: 31.2 °C', 'Limit: 30.0 °C', 'Sensor: pi-1', 'Since: Mon 23 Nov, 14:05'])
      assert.ok(lines.includes(line), line)
    assert.ok(chinese.message([firing(hot)]).text.includes('開始時間：11月23日週一 14:05'))
    const { text } = english.message([resolved(hot, 12 * minute)])
    for (const line of ['From: Mon 23 Nov, 14:05', 'Until: Mon 23 Nov, 14:17', 'Lasted: 12 min']) assert.ok(text.includes(line), line)
  })

  it('of a resolved alert shows no value or text of the firing alert', () => {
    const shouted = { ...hot, text: 'It is 31.2 °C here' }
    assert.match(english.message([firing(shouted)]).text, /Temperature: 31\.2 °C[\s\S]*Message: It is 31\.2 °C here/)
    assert.doesNotMatch(english.message([resolved({ ...shouted, value: 29 }, minute)]).text, /31\.2|Message/)
    assert.doesNotMatch(english.message([resolved(shouted, minute)]).text, /31\.2/, 'its rule was removed')
    assert.match(english.message([resolved(message, minute)]).text, /Message: Oh, it is warm/, 'that is what was the matter')
  })

  it('links to the page and to the acknowledgement if PUBLIC_URL is set', () => {
    const link = 'https://home.example.org/?a=1&b="2"'
    const { text, html } = english.message([firing(hot)], { link, acknowledge: 'https://home.example.org/a/x' })
    assert.ok(text.includes('Acknowledge: https://home.example.org/a/x\nOpen Hearthwatch: https://home.example.org/?a=1&b="2"\n'))
    assert.ok(html.includes('href="https://home.example.org/?a=1&amp;b=&quot;2&quot;"'))
    assert.doesNotMatch(chinese.message([firing(hot)]).html, /href/)
  })

  it('contains the alarm texts of a sensor that arrived late', () => {
    const late: Content = { kind: 'late-text', room: 'kitchen', text: 'Oh, it is warm', count: 1, first: at, last: at }
    assert.deepEqual(subjects(late), [
      'kitchen: “Oh, it is warm” (sent while the monitor was offline)',
      'kitchen：「Oh, it is warm」（監控程式離線期間傳送）',
    ])
    assert.ok(
      english
        .message([{ ...late, count: 3, last: at + minute }])
        .text.includes('Received: 3 times\nFirst: Mon 23 Nov, 14:05\nLast: Mon 23 Nov, 14:06'),
    )
  })

  it('of a summary has one section for each room', () => {
    const figures = { min: 19.8, mean: 20.96, max: 31.24, count: 5, time: at }
    const row = (room: string, quantity: string, last: number) => ({ room, quantity, last, ...figures })
    const rooms = [
      row('kitchen', 'temperature', 22),
      row('kitchen', 'humidity', 44.44),
      row('客廳', 'temperature_2', 21.5),
      row('客廳', 'pollen', 3),
    ]
    const summary: Content = { kind: 'summary', date: '2026-11-23', from: at - 24 * 60 * minute, to: at, rooms, alerts: [hot] }
    const { subject, text } = english.message([summary])
    assert.equal(subject, 'Daily summary: Monday, 23 November 2026')
    assert.ok(
      text.includes(
        'kitchen\n  Temperature (°C): last 22.0, lowest 19.8, mean 21.0, highest 31.2\n  Humidity (%): last 44.4, lowest 19.8, mean 21, highest 31.2',
      ),
    )
    assert.ok(text.includes('客廳\n  Temperature 2 (°C): last 21.5'))
    assert.ok(text.includes('  pollen: last 3, '))
    assert.ok(text.includes('Alerts\n- Mon 23 Nov, 14:05  kitchen 31.2 °C: too hot'))
    assert.ok(english.message([{ ...summary, more: 5 }]).text.includes('… and 5 more.'))
    assert.ok(text.indexOf('Alerts\n') < text.indexOf('kitchen\n  Temperature'), 'what is wrong comes first')
    const battery = { ...row('garden', 'battery', 7), before: 9, mean: 8 }
    const changed = english.message([{ ...summary, rooms: [{ ...row('kitchen', 'temperature', 22), before: 20.2 }, battery] }])
    assert.ok(changed.text.includes('Temperature (°C): last 22.0, lowest 19.8, mean 21.0, highest 31.2, change +0.8\n'))
    assert.ok(changed.text.includes('change −1\n') && changed.text.includes('\nBatteries: garden 7%\n'))
    const translated = chinese.message([{ ...summary, alerts: [] }])
    assert.equal(translated.subject, '每日摘要：2026年11月23日星期一')
    assert.ok(translated.text.includes('溫度（°C）：最新 22.0，最低 19.8，平均 21.0，最高 31.2'))
    assert.ok(translated.text.includes('沒有警報。'))
  })
})

describe('A name or text from MQTT', () => {
  const evil = `<img src=x onerror=alert(1)>"'&`

  it('is escaped in HTML', () => {
    const about = alert({ ...hot, room: evil, device: evil, text: evil, rule: evil, quantity: 'temperature' })
    const row = { room: evil, quantity: 'temperature', min: 1, mean: 1, max: 1, last: 1, count: 1, time: at }
    const contents: Content[] = [
      firing(about),
      { kind: 'late-text', room: evil, text: evil, count: 2, first: at, last: at },
      { kind: 'summary', date: '2026-11-23', from: at, to: at, rooms: [row], alerts: [about] },
    ]
    for (const words of [english, chinese]) {
      for (const told of [...contents.map((content) => [content]), contents.slice(0, 2)]) {
        const { subject, html } = words.message(told)
        assert.doesNotMatch(html, /<img/)
        assert.ok(told[0]?.kind === 'summary' || subject.includes(evil), 'and literally itself in the subject')
      }
    }
  })

  it('stays on one line and is cut if it is long', () => {
    const { subject, text } = english.message([firing({ ...message, text: `Hot\r\nBcc: eve@example.org\u2028${'🔥'.repeat(600)}` })])
    assert.doesNotMatch(subject, /[\r\n\u2028]/)
    assert.doesNotMatch(text, /^Bcc/m)
    assert.ok(subject.isWellFormed() && [...subject].length < 120)
    assert.ok(text.isWellFormed() && [...text].length < 900)
  })

  it('cannot change the direction of the surrounding text', () => {
    const { subject, html } = english.message([firing({ ...hot, room: '\u202Egnp.txe\u2069', device: 'שלום' })])
    assert.equal(subject, 'gnp.txe 31.2 °C: too hot', 'marks that override the direction are dropped')
    assert.ok(html.includes('<bdi>שלום</bdi>'))
    const hebrew = english.message([firing({ ...hot, room: 'מטבח' })])
    assert.equal(hebrew.subject, '\u2068מטבח\u2069 31.2 °C: too hot', 'what is written from right to left stands on its own')
  })
})
