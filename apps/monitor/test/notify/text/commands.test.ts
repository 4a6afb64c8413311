import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createWords } from '../../../notify/text/words.ts'
import { type AlertCondition, newAlert } from '../../../rules/alert.ts'

const at = Date.UTC(2026, 10, 23, 6, 5)

function textOf(language: 'en' | 'zh-TW', installation: 'clone' | 'compose' | 'package', condition: AlertCondition): string {
  const alert = newAlert({ subject: 's', rule: condition, condition, severity: 'warning', state: 'firing', started: at, fired: at })
  const words = createWords({ language, timeZone: 'Asia/Taipei', installation })
  return words.message([{ kind: 'alert', transition: 'firing', alert: { id: 1, ...alert, text: 'x' }, at }]).text
}

describe('A mail that names a command', () => {
  for (const language of ['en', 'zh-TW'] as const) {
    it(`names that of the installation (${language})`, () => {
      assert.match(textOf(language, 'clone', 'backup'), /npm run backup/)
      assert.match(textOf(language, 'package', 'backup'), /sudo hearthwatch-monitor backup/)
      assert.match(textOf(language, 'compose', 'backup'), /docker compose exec monitor node apps\/monitor\/commands\/backup\.ts/)
      assert.match(textOf(language, 'package', 'certificate'), /sudo hearthwatch-monitor setup renew/)
      for (const condition of ['backup', 'certificate'] as const) assert.doesNotMatch(textOf(language, 'package', condition), /npm/)
    })
  }
})
