import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openStore } from '../../store/store.ts'

describe('A store that takes over the devices of a site', () => {
  it('expects each to report from now on, and not one that is no longer announced', (t) => {
    const store = openStore(':memory:')
    t.after(() => store.close())
    const described = (isGone: boolean) => JSON.stringify({ adapter: 'zigbee2mqtt', name: 'plug', quantities: {}, isGone })
    const device = { room: 'attic', info: null, described: null, standing: null, claims: '{}', beats: 1, usual: null, signs: 0 }
    store.adopt({
      ...{ isComplete: true, lastAlert: 0, alerts: [], epochs: [], gaps: [], tables: {}, last: [] },
      devices: [
        { ...device, key: 'pi-1' },
        { ...device, key: '/cellar', room: 'cellar' },
        { ...device, key: 'plug-1', described: described(false) },
        { ...device, key: 'plug-2', described: described(true) },
      ],
    })
    assert.deepEqual(
      [...store.devices.all()].map(({ key, id, status }) => [key, id, status]),
      [
        ['/cellar', null, 'online'],
        ['pi-1', 'pi-1', 'online'],
        ['plug-1', 'plug-1', 'online'],
        ['plug-2', 'plug-2', 'unknown'],
      ],
    )
  })
})
