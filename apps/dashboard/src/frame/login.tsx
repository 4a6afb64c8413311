import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Refused } from '../monitor/ask.ts'
import { called } from '../monitor/commands.ts'
import { isCodeRefused, logIn, session } from '../monitor/session.ts'
import { Icon } from '../parts/icon.tsx'
import { Mark } from '../parts/mark.tsx'
import { frame } from '../words/frame.ts'
import { language, languagePreference } from '../words/language.ts'
import { problem } from '../words/problem.ts'
import './login.css'

/** @param note a line above the form */
export function Login({ note }: { note?: string }) {
  const Place = note === undefined ? 'main' : 'div'
  return (
    <Place class="card login">
      <h1>
        <Mark />
        Hearthwatch
      </h1>
      {note !== undefined && <p>{note}</p>}
      {session.value?.login === 'token' ? <p>{frame().noPassword}</p> : <Form />}
      <Language />
    </Place>
  )
}

/** The login of a session that has run out. It covers the page, whose half-filled forms stay. */
export function LoginAgain() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="login-again" aria-label={frame().login} onCancel={(event) => event.preventDefault()}>
      <Login note={frame().loginNeeded} />
    </dialog>
  )
}

/** The language can be changed here because the settings need a login. */
function Language() {
  const other = language.value === 'en' ? 'zh-TW' : 'en'
  return (
    <button
      type="button"
      class="button login-language"
      lang={other}
      onClick={() => {
        languagePreference.value = other
      }}
    >
      {other === 'en' ? 'English' : '中文'}
    </button>
  )
}

const looks = { hidden: { type: 'password' }, shown: { type: 'text' } } as const

function Form() {
  const password = useRef<HTMLInputElement>(null)
  const wrong = useSignal<unknown>(null)
  const isBusy = useSignal(false)
  const isShown = useSignal(false)
  useEffect(() => password.current?.focus(), [])

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (isBusy.value) return
    isBusy.value = true
    wrong.value = null
    try {
      await logIn(password.current?.value ?? '')
    } catch (error) {
      wrong.value = error
      password.current?.select()
    }
    isBusy.value = false
  }

  return (
    <form class="stack" onSubmit={submit}>
      <p class="quiet">{frame().loginText}</p>
      <input type="text" name="username" value="hearthwatch" autocomplete="username" hidden />
      <label class="quiet" for="password">
        {frame().password}
      </label>
      <div class="row password">
        <input
          ref={password}
          id="password"
          {...looks[isShown.value ? 'shown' : 'hidden']}
          autocomplete="current-password"
          required
          maxLength={1024}
          aria-describedby="login-problem"
        />
        <button
          type="button"
          class="button"
          aria-pressed={isShown.value}
          aria-label={frame().showTyped}
          title={frame().showTyped}
          onClick={() => (isShown.value = !isShown.value)}
        >
          <Icon name={isShown.value ? 'hidden' : 'seen'} size={20} />
        </button>
      </div>
      <p id="login-problem" class="error" role="alert">
        {wrong.value === null ? (isCodeRefused.value ? frame().codeUsed : '') : sayWrong(wrong.value)}
      </p>
      <button type="submit" class="button primary" aria-busy={isBusy.value}>
        {frame().login}
      </button>
      <details class="small login-where">
        <summary>{frame().passwordWhere}</summary>
        <p class="quiet">{frame().passwordMade(session.value?.installation !== 'package')}</p>
        <p>
          <code>{called('npm run setup -- show')}</code>
        </p>
      </details>
    </form>
  )
}

const sayWrong = (error: unknown) =>
  problem(error, { 401: frame().wrongPassword, 429: frame().tooMany(error instanceof Refused ? error.retryAfter : 0) })
