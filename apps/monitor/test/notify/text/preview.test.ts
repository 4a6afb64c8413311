import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hour, minute } from '@hearthwatch/protocol/durations'
import { composer } from '../../../notify/text/compose.ts'
import { createWords } from '../../../notify/text/words.ts'
import { type Alert, newAlert } from '../../../rules/alert.ts'
import type { Content } from '../../../store/notifications.ts'
import type { Point } from '../../../store/readings/readings.ts'

const at = Date.UTC(2026, 10, 23, 6)
const [english, chinese] = (['en', 'zh-TW'] as const).map((language) => createWords({ language, timeZone: 'Asia/Taipei' })) as [
  ReturnType<typeof createWords>,
  ReturnType<typeof createWords>,
]
let lastId = 0
const hot = (given: Partial<Alert> = {}): Alert => ({
  id: ++lastId,
  ...newAlert({ subject: 's', rule: 'too-hot', condition: 'above', severity: 'critical', state: 'firing', started: at - 23 * minute }),
  fired: at - 23 * minute,
  room: 'kitchen',
  quantity: 'temperature',
  value: 31.2,
  peak: 31.2,
  bound: 30,
  ...given,
})
const step = (transition: 'firing' | 'repeat' | 'resolved', alert: Alert, next?: number): Content => ({
  kind: 'alert',
  transition,
  alert,
  at,
  ...(next === undefined ? {} : { next }),
})
/** The hidden words at the begin of the HTML, which mail programs show beside the subject. */
const previewOf = (html: string) => /<body[^>]*><div style="display:none[^"]*">(.*?) &#8199;/s.exec(html)?.[1]?.replaceAll('\u00a0', ' ')

describe('The preview and the facts of a mail', () => {
  const rising = Array.from({ length: 180 }, (_, i): Point => [at - (180 - i) * minute, 20 + i / 20, 20 + i / 20, 20 + i / 20, 1])
  const compose = (content: Content, last: object = {}, words = english) =>
    composer({ words, readings: { range: () => ({ resolution: 0, points: [...rising] }), latest: () => [] }, ...last })({
      id: '0b0c8a54-5d2b-4c79-8d0f-1a4a5e3e0e11',
      contents: [content],
      at,
      wasHeld: false,
      budget: null,
    })

  it('of a value beyond its limit are the limit, the start, the trend and the next reminder', () => {
    const { html, text } = compose(step('firing', hot(), 15 * minute))
    assert.equal(previewOf(html), 'limit 30.0 °C · since 13:37 · rising')
    assert.match(text, /\nNext reminder in 15 min unless acknowledged\.\n/)
    const translated = compose(step('firing', hot(), hour), {}, chinese)
    assert.equal(previewOf(translated.html), '門檻 30.0 °C · 13:37 起 · 上升中')
    assert.match(translated.text, /\n若無人確認，1 小時後再次提醒。\n/)
    assert.doesNotMatch(compose(step('firing', hot())).text, /reminder/)
  })

  it('of a resolved alert are the peak and the span', () => {
    const { html, text } = compose(step('resolved', hot({ value: 28, peak: 32.64 })))
    assert.equal(previewOf(html), 'Highest 32.6 °C · 13:37 to 14:00')
    assert.match(text, /\nHighest: 32\.6 °C\n/)
    assert.match(compose(step('resolved', hot({ condition: 'below', bound: 3, value: 5, peak: -1.2 }))).text, /\nLowest: -1\.2 °C\n/)
  })

  it('of a sensor that is offline are its last message, its last values and advice', () => {
    const offline = hot({ rule: 'offline', condition: 'offline', device: 'pi-1', quantity: null, value: null, peak: null, bound: null })
    const last = (battery: number) => ({
      devices: { get: () => ({ seen: at - 31 * minute }) as never },
      readings: {
        range: () => ({ resolution: 0, points: [] }),
        latest: () => [
          { room: 'kitchen', quantity: 'battery', device: 'pi-1', value: battery, time: at },
          { room: 'kitchen', quantity: 'temperature', device: 'pi-1', value: 21.4, time: at },
        ],
      },
    })
    const { html, text } = compose(step('firing', offline), last(80))
    assert.equal(previewOf(html), 'since 13:37 · last heard 13:29 · Temperature 21.4 °C, Battery 80%')
    assert.match(text, /Last heard: Mon 23 Nov, 13:29\nLast values: Temperature 21\.4 °C, Battery 80%\n/)
    assert.match(text, /\nLook at its power supply and its Wi-Fi/)
    assert.match(compose(step('firing', offline), last(7)).text, /\nIts battery had 7% left: charge or replace it\.\n/)
    assert.match(compose(step('firing', offline), last(7), chinese).text, /\n電池只剩 7%，請充電或更換。\n/)
    assert.doesNotMatch(compose(step('resolved', offline), last(7)).text, /battery|Last values/)
  })

  it('of a test are the server, the recipient, the time and a link', () => {
    const about = { channel: 'mail', server: 'smtp.example.org:587', recipient: 'ann@example.org', at, link: 'https://home.example.org/' }
    const { text, html } = english.test(about)
    assert.match(text, /Channel: mail\nMail server: smtp\.example\.org:587\nRecipient: ann@example\.org\nSent: Mon 23 Nov, 14:00\n/)
    assert.match(text, /Open Hearthwatch: https:\/\/home\.example\.org\//)
    assert.equal(previewOf(html), 'Mon 23 Nov, 14:00 · smtp.example.org:587 · ann@example.org')
    assert.match(chinese.test({ channel: 'ntfy', recipient: 'home', at }).text, /通知管道：ntfy\n寄出時間：/)
  })
})

describe('A mail about many alerts', () => {
  const rooms = Array.from({ length: 30 }, (_, i) => step('firing', hot({ room: `room-${i + 1}`, value: 30.1 + ((i * 7) % 30) / 6 })))

  it('of one kind names their number and the worst, and lists the worst first below the buttons', () => {
    const { subject, text, html } = english.message(rooms, { acknowledge: 'https://home.example.org/a/x' })
    assert.equal(subject, '30 rooms too hot, hottest room-18 34.9 °C')
    assert.equal(chinese.message(rooms).subject, '30 個房間溫度過高，最高 room-18 34.9 °C')
    const values = [...text.matchAll(/^- room-\d+ {2}(\d+\.\d) °C {2}13:37$/gm)].map(([, value]) => Number(value))
    assert.equal(values.length, 30)
    assert.deepEqual(
      values,
      values.toSorted((a, b) => b - a),
    )
    assert.ok(text.indexOf('Acknowledge all') < text.indexOf('room-5 '))
    assert.ok(html.indexOf('Acknowledge all') < html.indexOf('room-5<'))
    assert.match(previewOf(html) ?? '', /^13:37 · room-18 34\.9 °C, /)
  })

  it('of several kinds has a group for each, the most severe first, and those that are over last', () => {
    const damp = { rule: 'damp', quantity: 'humidity', severity: 'warning', value: 81, bound: 70 } as const
    const contents = [
      step('firing', hot({ ...damp, room: 'bath' })),
      step('firing', hot({ ...damp, room: 'cellar', value: 90 })),
      step('resolved', hot({ room: 'attic', value: 20 })),
      step('resolved', hot({ room: 'shed', ended: 'rule-off' })),
      ...rooms.slice(0, 2),
    ]
    const { subject, text } = english.message(contents)
    assert.equal(
      subject,
      '6 alerts, 1 of them resolved: 2 rooms too hot, hottest room-2 31.3 °C; humidity too high in 2 rooms, highest cellar 90%',
    )
    const headings = ['Too hot · 2', 'Humidity too high · 2', 'Ended by a change\n', 'Resolved\n- attic  Too hot → 20.0 °C  after 23 min']
    const places = headings.map((heading) => text.indexOf(heading))
    assert.ok(
      places.every((place, i) => place > (places[i - 1] ?? 0)),
      text,
    )
  })

  it('that are over names their rooms', () => {
    const over = rooms.map((content) => ({ ...content, transition: 'resolved' }) as Content)
    assert.equal(english.message(over).subject, '30 alerts resolved: room-1, room-2, room-3, …')
    assert.equal(chinese.message(over.slice(0, 4)).subject, '4 則警報已解除：room-1，room-2，room-3，…')
  })
})

describe('The colours of a mail', () => {
  const luminance = (colour: string) => {
    const parts = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255)
    const [red = 0, green = 0, blue = 0] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const contrast = (a: string, b: string) => {
    const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
    return (high + 0.05) / (low + 0.05)
  }

  it('have a contrast of at least 4.5, on white and on a dark background', () => {
    const { html } = english.message([step('firing', hot())], {
      link: 'https://home.example.org/',
      acknowledge: 'https://home.example.org/a/x',
    })
    const [head = '', body = ''] = html.split('<body')
    const texts = [...body.matchAll(/(?:^|[";])color:(#\w{6})/g)].map(([, colour = '']) => colour)
    assert.ok(texts.length > 3)
    for (const colour of texts) assert.ok(contrast(colour, '#ffffff') >= 4.5, colour)
    const dark = [...head.matchAll(/[{;]color:(#\w{6})!/g)].map(([, colour = '']) => colour)
    assert.ok(dark.length >= 2)
    for (const colour of dark) assert.ok(contrast(colour, '#1e1e1e') >= 4.5, colour)
    assert.match(body, /background:#37474f;color:#fff/, 'a harmless button is not red')
  })
})
