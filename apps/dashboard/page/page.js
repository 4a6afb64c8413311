import { closeHouse, drawHouse, openHouse } from './house.js'
import { watchLogin } from './login.js'
import { ask } from './monitor.js'
import { at, setText } from './parts.js'
import { chooseLanguage, languageInUse, say, switchLanguage } from './words.js'

/** @type {{ authenticated: boolean, login: 'password' | 'token' | 'none', language: 'en' | 'zh-TW' } | undefined} */
let session

/** Asks who we are, and shows the login or the house. */
async function start() {
  closeHouse()
  try {
    session = await ask('api/session')
  } catch {
    at('link').hidden = false
    setTimeout(start, 3000)
    return
  }
  const { authenticated, login, language } = session
  chooseLanguage(language)
  writeWords()
  at('login').hidden = authenticated
  at('login-fields').hidden = login === 'token'
  at('logout').hidden = !authenticated || login !== 'password'
  for (const id of ['house', 'link']) at(id).hidden = !authenticated
  if (authenticated) openHouse(start)
  else if (login === 'password') at('password').focus()
}

function writeWords() {
  const word = say()
  for (const part of document.querySelectorAll('[data-word]')) setText(part, word[part.dataset.word])
  if (session?.login === 'token') setText(at('login-text'), word.noPassword)
  at('language').lang = languageInUse() === 'en' ? 'zh-TW' : 'en'
  drawHouse()
}

at('language').addEventListener('click', () => {
  switchLanguage()
  writeWords()
})

at('logout').addEventListener('click', async () => {
  await ask('api/session', { method: 'DELETE' }).catch(() => {})
  start()
})

watchLogin(start)
chooseLanguage('en')
writeWords()
start()
