import { ask, Refused } from './monitor.js'
import { at, setText } from './parts.js'
import { say } from './words.js'

/** @param {() => void} onLogin */
export function watchLogin(onLogin) {
  at('login').addEventListener('submit', async (event) => {
    event.preventDefault()
    setText(at('login-problem'), '')
    try {
      await ask('api/session', { method: 'POST', body: { password: at('password').value } })
      at('password').value = ''
      onLogin()
    } catch (error) {
      setText(at('login-problem'), problem(error))
      at('password').select()
    }
  })
}

/** @param {unknown} error */
function problem(error) {
  if (!(error instanceof Refused)) return say().unreachable
  if (error.status === 401) return say().wrongPassword
  return error.status === 429 ? say().tooMany(error.retryAfter) : error.message
}
