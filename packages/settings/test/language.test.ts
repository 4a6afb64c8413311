import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { commandLanguage, languageOf } from '../index.ts'

describe('The language of a command', () => {
  it('is understood in the forms that people and terminals write', () => {
    for (const text of ['zh', 'zh-TW', 'ZH_tw', 'zh_TW.UTF-8', 'zh-Hant-TW', 'zh_HK.big5@x']) assert.equal(languageOf(text), 'zh-TW', text)
    for (const text of ['en', 'en-GB', 'en_US.UTF-8']) assert.equal(languageOf(text), 'en', text)
    for (const text of ['', 'C', 'C.UTF-8', 'POSIX', 'de_DE.UTF-8', 'zhx', undefined]) assert.equal(languageOf(text), undefined, text)
  })

  it('is UI_LANGUAGE, else that of the terminal, else English', () => {
    assert.equal(commandLanguage({ UI_LANGUAGE: 'en', LANG: 'zh_TW.UTF-8' }), 'en')
    assert.equal(commandLanguage({ LC_ALL: '', LANG: 'zh_TW.UTF-8' }), 'zh-TW')
    assert.equal(commandLanguage({ LC_ALL: 'C', LANG: 'zh_TW.UTF-8' }), 'en')
    assert.equal(commandLanguage({}), 'en')
  })
})
