import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asCalled } from '../installation.ts'

describe('A command in a text', () => {
  for (const [text, compose, installed] of [
    ['npm run setup -- renew', 'docker compose run --rm setup renew', 'sudo hearthwatch-monitor setup renew'],
    [
      '請執行 npm run backup。',
      '請執行 docker compose exec monitor node apps/monitor/commands/backup.ts。',
      '請執行 sudo hearthwatch-monitor backup。',
    ],
    ['sudo npm run setup -- mosquitto', 'docker compose run --rm setup mosquitto', 'sudo hearthwatch-monitor setup mosquitto'],
    ['npm run restore -- FILE', 'docker compose run --rm restore FILE', 'sudo hearthwatch-monitor restore FILE'],
    ['npm start', 'docker compose up -d', 'sudo systemctl start hearthwatch-monitor'],
    // It needs a clone on each installation.
    ['npm run flash -- --room attic', 'npm run flash -- --room attic', 'npm run flash -- --room attic'],
  ] as const) {
    it(`is that of the installation: ${text}`, () => {
      assert.deepEqual([asCalled(text, 'clone'), asCalled(text, 'compose'), asCalled(text, 'package')], [text, compose, installed])
    })
  }
})
