import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import fc from 'fast-check'
import { alertText } from '../../live/alert-text.ts'
import { createAlerts } from '../../live/alerts.ts'
import { applyValue, isUnpublished, markPublished, markUnpublished, noAlarm, type ThresholdAlarm } from '../../live/threshold-alarm.ts'

/** The values that publish an alert, if publishing never fails. */
function published(values: number[], limits = { above: 30, below: 5 }): number[] {
  let alarm: ThresholdAlarm = noAlarm
  return values.filter((value) => {
    alarm = applyValue(alarm, value, limits)
    const isNew = isUnpublished(alarm)
    if (isNew) alarm = markPublished(alarm)
    return isNew
  })
}

describe('a threshold alarm', () => {
  it('is published once while readings stay above the limit', () => assert.deepEqual(published([29, 30, 31, 32, 31, 33]), [31]))
  it('is published once while readings stay below the limit', () => assert.deepEqual(published([6, 5, 4, 3, 4]), [4]))
  it('is not published on the way back', () => assert.deepEqual(published([31, 20, 4, 20]), [31, 4]))
  it('is published again only after the value was within the limit by 1 °C', () => {
    assert.deepEqual(published([31, 29.5, 30.5, 29.1, 30.1]), [31])
    assert.deepEqual(published([31, 29, 30.1]), [31, 30.1])
    assert.deepEqual(published([4, 5.9, 4.9, 6, 4.5]), [4, 4.5])
  })
  it('is published if the first reading exceeds the limit', () => assert.deepEqual(published([35, 36]), [35]))
  it('is published for each limit if the value jumps from one to the other', () => assert.deepEqual(published([31, 4, 31]), [31, 4, 31]))

  it('is published at most once between two returns to within the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 25, max: 35, noNaN: true })), (values) => {
        let armed = true
        const expected = values.filter((value) => {
          const isNew = armed && value > 30
          if (isNew) armed = false
          if (value <= 29) armed = true
          return isNew
        })
        assert.deepEqual(published(values), expected)
      }),
    )
  })

  it('that could not be published stays unpublished while the limit is exceeded', () => {
    const crossed = applyValue(noAlarm, 31, { above: 30 })
    const failed = markUnpublished(markPublished(crossed), crossed.change)
    assert.ok(isUnpublished(failed))
    assert.ok(isUnpublished(applyValue(failed, 32, { above: 30 })), 'while it still holds')
    assert.ok(!isUnpublished(applyValue(failed, 20, { above: 30 })), 'not when it is over')
  })

  it('whose publishing fails late does not undo a newer one', () => {
    const limits = { above: 30, below: 5 }
    const first = markPublished(applyValue(noAlarm, 31, limits))
    const second = markPublished(applyValue(first, 4, limits))
    assert.ok(!isUnpublished(markUnpublished(second, first.change)))
  })
})

describe('an alert', () => {
  const reading = (value: number, key = 'temperature') => ({ key, quantity: 'temperature', unit: '°C', probe: 'p', value })
  const config = { ROOM: 'kitchen', ALERT_ABOVE: 30, ALERT_BELOW: undefined, UI_LANGUAGE: 'en' as const }

  function outbox() {
    const texts: string[] = []
    const state = { connected: true }
    const publish = async (topic: string, text: string, options: { qos: number; retain: boolean }) => {
      if (!state.connected) throw new Error('not connected')
      assert.deepEqual([topic, options.qos, options.retain], ['home/kitchen/alert', 1, false])
      texts.push(text)
    }
    return { texts, state, publish }
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('names the room, the value and the limit', async () => {
    const { texts, publish } = outbox()
    const alerts = createAlerts(config, publish, silent)
    alerts.check([reading(31.25)])
    alerts.check([reading(31.5), reading(33, 'temperature_2')])
    await settled()
    assert.deepEqual(texts, [
      'It is too warm in kitchen: 31.25 °C, the limit is 30 °C',
      'It is too warm in kitchen (temperature_2): 33 °C, the limit is 30 °C',
    ])
  })

  it('waits for a connection, and then has the newest value', async () => {
    const { texts, publish, state } = outbox()
    const alerts = createAlerts(config, publish, silent)
    state.connected = false
    alerts.check([reading(31)])
    await settled()
    alerts.check([reading(34)])
    await settled()
    state.connected = true
    alerts.publishWaiting()
    await settled()
    assert.deepEqual(texts, ['It is too warm in kitchen: 34 °C, the limit is 30 °C'])
  })

  it('is not published if the value returned before there was a connection', async () => {
    const { texts, publish, state } = outbox()
    const alerts = createAlerts(config, publish, silent)
    state.connected = false
    for (const value of [31, 20]) {
      alerts.check([reading(value)])
      await settled()
    }
    state.connected = true
    alerts.publishWaiting()
    await settled()
    assert.deepEqual(texts, [])
  })

  it('is published for temperatures only', async () => {
    const { texts, publish } = outbox()
    createAlerts(config, publish, silent).check([{ key: 'humidity', quantity: 'humidity', unit: '%', probe: 'p', value: 55 }])
    await settled()
    assert.deepEqual(texts, [])
  })

  it('is written in the language of UI_LANGUAGE', () => {
    const alert = { state: 'above', value: 31.256, limit: 30, unit: '°C' } as const
    assert.equal(alertText({ ...alert, place: '客廳' }, 'zh-TW'), '客廳溫度過高：目前 31.26 °C，已超過上限 30 °C')
    assert.equal(
      alertText({ ...alert, place: 'kitchen', state: 'below', limit: 35 }, 'zh-TW'),
      'kitchen 溫度過低：目前 31.26 °C，已低於下限 35 °C',
    )
    assert.equal(
      alertText({ ...alert, place: 'kitchen', state: 'below', limit: 35 }, 'en'),
      'It is too cold in kitchen: 31.26 °C, the limit is 35 °C',
    )
    assert.equal(alertText({ ...alert, place: 'kitchen', value: 30.004 }, 'en'), 'It is too warm in kitchen: 30.004 °C, the limit is 30 °C')
  })
})
