import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { createWords } from '../../../notify/text/words.ts'
import { type Alert, newAlert } from '../../../rules/alert.ts'
import { builtInRules } from '../../../rules/builtin.ts'
import { namesOf } from '../../../store/names.ts'
import type { Content } from '../../../store/notifications.ts'

const at = Date.UTC(2026, 10, 23, 6, 5)
let lastId = 0
const alert = (given: Partial<Alert>): Alert => ({
  id: ++lastId,
  ...newAlert({ subject: 's', rule: 'damp', condition: 'above', severity: 'warning', state: 'firing', started: at, fired: at }),
  room: 'bathroom',
  quantity: 'humidity',
  value: 81,
  bound: 70,
  ...given,
})
const firing = (about: Alert): Content => ({ kind: 'alert', transition: 'firing', alert: about, at })

describe('The names in messages', () => {
  const labels = [
    { room: 'bathroom', name: '浴室', icon: null, position: 0, group: null },
    { room: 'bed-1', name: '臥室', icon: null, position: 1, group: null },
    { room: 'bed-2', name: '臥室', icon: null, position: 2, group: null },
    { room: 'hall', name: null, icon: '🚪', position: 3, group: null },
  ]
  const names = namesOf({
    labels: { all: () => labels, version: () => 0 },
    rules: { get: (name) => (name === 'damp' ? { rule: { title: '浴室太濕' } as never, builtIn: false, changed: null } : undefined) },
  })
  const [english, chinese] = (['en', 'zh-TW'] as const).map((language) => createWords({ language, timeZone: 'Asia/Taipei', names }))

  it('are the label of the room and the title of the rule, with the ids in small print', () => {
    for (const [words, line] of [
      [english, 'MQTT name: bathroom\nRule id: damp\n'],
      [chinese, 'MQTT 名稱：bathroom\n規則代號：damp\n'],
    ] as const) {
      const { subject, text, html } = words?.message([firing(alert({}))]) ?? { subject: '', text: '', html: '' }
      assert.match(subject, /^浴室 81%/)
      assert.match(text, /浴室太濕/)
      const [body = '', footer = ''] = text.split('-- \n')
      assert.ok(footer.startsWith(line), footer)
      assert.doesNotMatch(body, /bathroom|damp/)
      assert.match(html, /<h1[^>]*><bdi>浴室<\/bdi>/)
    }
  })

  it('have their id beside them where two rooms have one name', () => {
    const { subject, text } = english?.message([firing(alert({ room: 'bed-1' })), firing(alert({ room: 'bed-2' }))]) ?? {
      subject: '',
      text: '',
    }
    assert.match(subject, /, highest 臥室 \(bed-1\) 81%$/)
    assert.match(text, /MQTT name: 臥室 \(bed-1\) = bed-1, 臥室 \(bed-2\) = bed-2\n/)
  })

  it('are the ids, without small print, where people gave none', () => {
    const { subject, text } = english?.message([firing(alert({ room: 'hall', rule: 'mold' }))]) ?? { subject: '', text: '' }
    assert.match(subject, /^hall 81%/)
    assert.match(text, /Rule: mold\n/)
    assert.doesNotMatch(text, /MQTT name|Rule id/)
  })

  it('include that of a rule that was removed since', () => {
    const gone: Content = {
      ...firing(alert({ rule: 'gone', title: '地下室太冷', ended: 'rule-removed' })),
      transition: 'resolved',
    } as Content
    assert.match(chinese?.message([gone]).subject ?? '', /但規則「地下室太冷」已移除$/)
  })

  it('of the built-in rules are words in both languages', () => {
    for (const { name: rule } of builtInRules(30)) {
      for (const words of [english, chinese]) assert.notEqual(words?.names.rule(alert({ rule })), rule)
    }
    assert.equal(chinese?.names.rule(alert({ rule: 'too-hot' })), '太熱')
  })
})

describe('The title of a rule over HTTP', () => {
  it('is kept beside the id, given to its alerts, and is that of a built-in rule by default', async (t) => {
    const page = await startPage({ UI_LANGUAGE: 'zh-TW' })
    t.after(() => page.close())
    const put = (name: string, body: object) =>
      page.ask(`/api/rules/${name}`, { method: 'PUT', body: { condition: 'above', quantity: 'humidity', limit: 68, ...body } })
    assert.equal((await put('damp', { title: '浴室太濕' })).json.title, '浴室太濕')
    assert.equal((await put('mold', {})).json.title, 'mold')
    page.addAlert({ rule: 'damp', quantity: 'humidity' })
    const [{ rule, title }] = (await page.ask('/api/alerts')).json
    assert.deepEqual([rule, title], ['damp', '浴室太濕'])
    const tooHot = (await page.ask('/api/rules/too-hot')).json
    assert.equal(tooHot.title, '太熱')
    // Written back it is still the built-in title, in every language.
    for (const own of ['太熱', 'Too hot', 'too-hot']) {
      await page.ask('/api/rules/too-hot', { method: 'PUT', body: { ...tooHot, title: own } })
      assert.equal(page.store.rules.get('too-hot')?.rule.title, undefined)
    }
    for (const wrong of ['', ' x', 'two\nlines', 'x'.repeat(65), 5]) {
      const { status, json } = await put('damp', { title: wrong })
      assert.equal(status, 400)
      assert.equal(json.fields[0].field, 'title')
    }
  })
})
