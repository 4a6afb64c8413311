import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findSupervisor } from '../index.ts'
import type { Surroundings } from '../supervisor.ts'

const bare: Surroundings = {
  env: {},
  isTerminal: false,
  exists: () => false,
  cgroup: () => '0::/user.slice/user-1000.slice/session-3.scope\n',
  restartOf: async () => 'always',
}
const unit = { ...bare, env: { INVOCATION_ID: 'x' }, cgroup: () => '0::/system.slice/hearthwatch.service\n' }
const find = (where: Partial<Surroundings>) => findSupervisor('auto', { ...bare, ...where })

describe('The supervisor of a program', () => {
  it('is missing for a program that was started by hand, in a session or in a terminal of a desktop', async () => {
    assert.equal(await find({}), null)
    assert.equal(
      await find({ env: { INVOCATION_ID: 'x' }, cgroup: () => '0::/user.slice/user@1000.service/app.slice/vte-spawn-1.scope\n' }),
      null,
    )
    assert.equal(await find({ ...unit, isTerminal: true }), null)
  })

  it('is systemd for a unit with Restart=, and missing without it', async () => {
    const asked: unknown[] = []
    const restartOf = async (...question: unknown[]) => {
      asked.push(question)
      return 'on-failure'
    }
    assert.equal(await find({ ...unit, restartOf }), 'systemd')
    assert.equal(
      await find({ ...unit, cgroup: () => '0::/user.slice/user-1.slice/user@1.service/app.slice/a.service\n', restartOf }),
      'systemd',
    )
    assert.deepEqual(asked, [
      ['hearthwatch.service', false],
      ['a.service', true],
    ])
    assert.equal(await find({ ...unit, restartOf: async () => 'no' }), null)
  })

  it('is systemd if a sandbox hides it and the unit is notified', async () => {
    const restartOf = () => Promise.reject(new Error('no bus'))
    assert.equal(await find({ ...unit, restartOf }), null)
    assert.equal(await find({ ...unit, env: { ...unit.env, NOTIFY_SOCKET: '/run/systemd/notify' }, restartOf }), 'systemd')
  })

  it('is a container, unless a person has opened a terminal in it', async () => {
    const exists = (path: string) => path === '/.dockerenv'
    assert.equal(await find({ exists }), 'container')
    assert.equal(await find({ exists, isTerminal: true }), null)
  })

  it('is what the setting says', async () => {
    assert.equal(await findSupervisor('yes', bare), 'other')
    assert.equal(await findSupervisor('no', unit), null)
  })
})
