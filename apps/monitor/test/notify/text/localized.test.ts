import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answers, httpWords } from '../../../notify/channels/http-words.ts'
import { mailWords } from '../../../notify/channels/smtp-words.ts'
import { joinSentences, type Localized, localized } from '../../../notify/text/localized.ts'

/** Every sentence, with arguments where it needs them. */
const sentencesOf = (words: object): Localized[] =>
  Object.values(words).map((word: Localized | ((detail: string) => Localized)) => (typeof word === 'function' ? word('detail') : word))

describe('The reason of a failed message', () => {
  const { answered, ...http } = httpWords(localized('the ntfy server ntfy.example', 'ntfy 伺服器 ntfy.example'))
  const mail = mailWords({ server: 'mail.example.org:465', recipient: 'ann@example.org', setting: { en: 'SMTP_URL', 'zh-TW': 'SMTP_URL' } })

  it('is a sentence in English and in Chinese that begins with the service or the problem', () => {
    for (const { en, 'zh-TW': zh } of [
      ...sentencesOf(http),
      ...sentencesOf(mail),
      ...Object.values(answers).map((why) => answered(why, 500)),
    ]) {
      assert.match(en, /^(?:[A-Z]|ann@)[^\p{Script=Han}]+(?:[.?]|detail)$/u)
      assert.match(zh, /\p{Script=Han}.*(?:[。？]|detail)$/u)
      assert.doesNotMatch(zh, /[\p{Script=Latin}\p{N}]\p{Script=Han}|\p{Script=Han}[\p{Script=Latin}\p{N}]| {2}|[,;!?] /u)
    }
  })

  it('names the service, what it did, and the error code', () => {
    const refused = answered(answers.refused, 400)
    assert.deepEqual(refused, {
      en: 'The ntfy server ntfy.example refused the message (HTTP 400).',
      'zh-TW': 'ntfy 伺服器 ntfy.example 拒絕了這則訊息（HTTP 400）。',
    })
    assert.equal(joinSentences(refused, refused)['zh-TW'], `${refused['zh-TW']}${refused['zh-TW']}`)
  })

  it('explains Gmail’s app passwords', () => {
    const { lockedOut } = mailWords({
      server: 'smtp.gmail.com:465',
      recipient: 'ann@example.org',
      setting: { en: 'SMTP_URL', 'zh-TW': 'SMTP_URL' },
    })
    assert.match(lockedOut.en, /Gmail requires an app password/)
    assert.match(lockedOut['zh-TW'], /SMTP_URL 中的使用者名稱或密碼。Gmail 需要應用程式密碼/)
  })
})
