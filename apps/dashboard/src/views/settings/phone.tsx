import type { LoginCode, Reach } from '@hearthwatch/api/login'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../monitor/ask.ts'
import { session } from '../../monitor/session.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { Copyable } from '../../parts/copyable.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { TextField } from '../../parts/field.tsx'
import { QrCode } from '../../parts/qr-code.tsx'
import { say } from './words.ts'

const isLoopback = /^(?:localhost|.*\.localhost|127\..*|\[::1\])$/.test(location.hostname)

/** The address of the page for a phone, as a QR code that logs in once; or how to open the page to the network. */
export function Phone() {
  const reach = useSignal<Reach | null>(null)
  useEffect(() => {
    ask<Reach>('api/reach').then(
      (found) => (reach.value = found),
      () => {},
    )
  }, [])
  if (reach.value === null) return null
  // The address that this browser has used is known to work.
  const url = isLoopback ? reach.value.urls[0] : new URL('./', location.href).href.replace(/\/$/, '')
  if (url !== undefined) return <Open url={url} />
  return reach.value.container ? <Container /> : <Closed />
}

function Open({ url }: { url: string }) {
  const code = useSignal<string | null>(null)
  const { wrong, isBusy, run } = useRequest()
  const show = () =>
    run(async () => {
      const login = session.value?.login === 'password' ? await ask<LoginCode>('api/session/codes', { method: 'POST' }) : null
      code.value = login === null ? url : `${url}/#/login/${login.code}`
    })
  return (
    <>
      <p class="quiet">{say().phoneText}</p>
      <Copyable text={url} />
      {code.value === null ? (
        <Action isBusy={isBusy.value} onAct={() => void show()}>
          {say().phoneShow}
        </Action>
      ) : (
        <figure class="phone-code">
          <QrCode text={code.value} label={say().phoneCode} />
          <figcaption class="quiet small">{code.value === url ? say().phoneScan : say().phoneOnce}</figcaption>
          <button type="button" class="button" onClick={() => (code.value = null)}>
            {say().phoneHide}
          </button>
        </figure>
      )}
      <ErrorText of={wrong.value} />
    </>
  )
}

function Closed() {
  return (
    <>
      <p class="quiet">{say().phoneClosed}</p>
      <p class="quiet">{say().phoneOpen}</p>
      <Copyable text="HTTP_HOST=0.0.0.0" />
      {session.value?.login !== 'password' && <p class="quiet">{say().phonePassword}</p>}
    </>
  )
}

/** A container does not know the addresses of its machine, nor whether its port is open: a person enters the address. */
function Container() {
  const typed = useSignal('')
  const url = `${location.protocol}//${typed.value.trim()}:${location.port || '8080'}`
  const isRight = /^[\w.-]+$|^\[[\da-f:]+\]$/i.test(typed.value.trim())
  return (
    <>
      <p class="quiet">{say().phoneOpenDocker}</p>
      <Copyable text="PAGE_BIND=0.0.0.0" />
      <p class="quiet">{say().phoneAddress}</p>
      <TextField
        label={say().phoneAddressLabel}
        placeholder="192.168.1.20"
        problem={typed.value === '' || isRight ? undefined : say().phoneWrongAddress}
        value={typed.value}
        onType={(text) => (typed.value = text)}
      />
      {isRight && (
        <>
          <Open key={url} url={url} />
          <p class="quiet">{say().phonePublic}</p>
          <Copyable text={`PUBLIC_URL=${url}`} />
        </>
      )}
    </>
  )
}
