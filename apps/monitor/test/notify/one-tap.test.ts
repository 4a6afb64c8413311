import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'

describe('One tap on the button of an ntfy message', () => {
  it('acknowledges the alert of the message without a login, as from a locked phone', async (t) => {
    const ntfy = await startHttpReceiver(() => ({ status: 200, body: { event: 'message' } }))
    const house = await startTestMonitor({
      PUBLIC_URL: 'https://house.example.org',
      DASHBOARD_PASSWORD: 'correct horse',
      API_TOKEN: 'a-token-for-programs',
      NOTIFY_URLS: `ntfy://127.0.0.1:${ntfy.port}/house`,
    })
    t.after(async () => {
      await house.close()
      await ntfy.close()
    })
    const guest = await house.client()
    await guest.publishAsync('home/kitchen/temperature', '45', { qos: 1 })
    const request = await eventually(() => ntfy.requests[0])
    const [tap] = JSON.parse(request.body).actions
    const state = () => house.rows<{ acknowledged: number | null }>('SELECT acknowledged FROM alert_log')
    assert.deepEqual(state(), [{ acknowledged: null }])

    const { pathname } = new URL(tap.url)
    const { status } = await fetch(new URL(pathname, house.url), { method: tap.method })
    assert.equal(status, 200)
    assert.equal(state().length, 1)
    assert.ok(state()[0]?.acknowledged)
  })
})
