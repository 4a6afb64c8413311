import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Received, type Reply, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { createDeliveryTestbed } from '../delivery.ts'
import { channelOf } from './http-conformance.ts'

const lineToken = 'wX9/pR+q7ZkLm/4TfVbN2sYcUe8+GhJd1aQoPi5rWx0zKv3nBt6yHg=='
const ann = `U${'0123456789abcdef'.repeat(2)}`
const account = `AC${'0123456789abcdef'.repeat(2)}`
const botToken = '123456789:AAF-abcDEF_ghiJKLmnoPQRstuVWXyz0123'

/** A service with a response that can be changed. */
async function service(t: TestContext, answer: (request: Received) => Reply) {
  const started = await startHttpReceiver(answer)
  t.after(() => started.close())
  return started
}

describe('A notification service', () => {
  it('shows a message once, although its first response was lost', async (t) => {
    const house = await createDeliveryTestbed(t)
    const known = new Set<string>()
    let shown = 0
    const line = await service(t, ({ headers }) => {
      const key = String(headers['x-line-retry-key'])
      if (known.has(key)) return { status: 409, body: { message: 'The retry key is already accepted' } }
      known.add(key)
      shown += 1
      return 'drop'
    })
    house.add({ channel: 'line', recipient: ann })
    house.start({ channels: [channelOf(`line://${lineToken}@${ann}?api=${line.url}`, house.now)] })
    await house.until(() => house.errors()[0] !== null)
    assert.match(house.errors()[0] ?? '', /^The connection to LINE broke/)
    house.forward(40)
    await house.until(() => house.states()[0] === 'sent')
    assert.deepEqual([line.requests.length, shown], [2, 1])
  })

  it('gets no message until the time that it asked for has passed', async (t) => {
    const house = await createDeliveryTestbed(t)
    const times: number[] = []
    const telegram = await service(t, () =>
      times.push(house.now()) === 1
        ? { status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 900 } } }
        : { status: 200, body: { ok: true } },
    )
    house.add({ channel: 'telegram', recipient: '1' })
    const notify = house.start({ channels: [channelOf(`tgram://${botToken}/1/2?api=${telegram.url}`, house.now)] })
    await house.until(() => house.errors()[0] !== null)
    house.add({ channel: 'telegram', recipient: '2' })
    house.forward(890)
    assert.match(notify.channels()[0]?.error?.en ?? '', /^Telegram accepts no more messages for now/)
    house.forward(200)
    await house.until(() => house.states().every((state) => state === 'sent'))
    const [first = 0, ...others] = times
    assert.ok(others.length === 2 && others.every((time) => time - first >= 900_000), String(times))
    assert.equal(notify.channels()[0]?.error, null)
  })

  it('that no longer knows the webhook pauses only its own channel, and no message is lost', async (t) => {
    const house = await createDeliveryTestbed(t)
    let isThere = false
    const slack = await service(t, () => (isThere ? { status: 200, body: 'ok' } : { status: 404, body: 'no_service' }))
    const hook = await service(t, () => ({ status: 204 }))
    const slackUrl = `slack://T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX?api=${slack.url}`
    const channels = [channelOf(slackUrl, house.now), channelOf(hook.url, house.now)]
    house.add({ channel: 'slack', recipient: 'T00000000/B00000000' })
    house.add({ channel: 'webhook', recipient: hook.url.replace('http://', '') })
    const notify = house.start({ channels })
    await house.until(() => house.states()[1] === 'sent' && house.errors()[0] !== null)
    assert.deepEqual(
      notify.channels().map(({ name, paused }) => [name, paused]),
      [
        ['slack', true],
        ['webhook', false],
      ],
    )
    assert.equal(house.states()[0], 'pending')
    isThere = true
    house.forward(700)
    await house.until(() => house.states()[0] === 'sent')
  })

  it('that refuses one number does not delay the message to the others', async (t) => {
    const house = await createDeliveryTestbed(t)
    const twilio = await service(t, ({ body }) =>
      new URLSearchParams(body).get('To') === '+886912345678'
        ? { status: 400, body: { code: 21211, message: "Invalid 'To' Phone Number", status: 400 } }
        : { status: 201, body: { status: 'queued' } },
    )
    for (const recipient of ['+886912345678', '+886987654321']) house.add({ channel: 'twilio', recipient })
    house.start({
      channels: [channelOf(`twilio://${account}:token@+15005550006/+886912345678/+886987654321?api=${twilio.url}`, house.now)],
    })
    await house.until(() => house.states().every((state) => state !== 'pending'))
    assert.deepEqual(house.states(), ['failed', 'sent'])
    assert.match(house.errors()[0] ?? '', /^Twilio reports that this is not a phone number; error 21211/)
  })

  it('gets no message for a recipient that is no longer in the settings', async (t) => {
    const house = await createDeliveryTestbed(t)
    const telegram = await service(t, () => ({ status: 200, body: { ok: true } }))
    house.add({ channel: 'telegram', recipient: '666' })
    house.start({ channels: [channelOf(`tgram://${botToken}/1?api=${telegram.url}`, house.now)] })
    await house.until(() => house.states()[0] === 'failed')
    assert.equal(telegram.requests.length, 0)
  })
})
