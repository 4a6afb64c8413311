import type { Session } from '@hearthwatch/api/login'
import { computed, effect, signal } from '@preact/signals'
import { ask, LoginNeeded, loginNeeded, now, Refused, withinPatience } from './ask.ts'
import { openEvents } from './events.ts'
import { forgetRecent, refetchRecent } from './recent.ts'
import { forget, recall, refresh } from './state.ts'

export const session = signal<Session | null>(null)
/** `none`: the monitor has not answered yet. */
export const link = signal<'none' | 'live' | 'lost'>('none')
/** Time of the lost connection, ms. */
export const lostSince = signal<number | null>(null)
/** True if this login may change nothing. */
export const isReader = computed(() => session.value?.reader === true)
/** True after a login on this page, until a person logs out: views with half-filled forms stay while the session is renewed. */
export const hasEntered = signal(false)
export const isLoggedOut = computed(() => session.value !== null && !session.value.authenticated)

/** ms between two refreshes, for changes without an event: stale values, and the health of the monitor */
const rhythm = 15_000
const again = 3000
let hangUp = () => {}
let retry: ReturnType<typeof setTimeout> | undefined

/** True if a one-time login of the address was refused. */
export const isCodeRefused = signal(false)

/** Uses the one-time login of `#/login/CODE`, which a phone has from a QR code, and takes it out of the address. */
async function redeemCode(): Promise<void> {
  const [, code] = /^#\/login\/([\w-]+)$/.exec(location.hash) ?? []
  if (code === undefined) return
  history.replaceState(null, '', '#/')
  dispatchEvent(new HashChangeEvent('hashchange'))
  try {
    await ask('api/session', { method: 'POST', body: { code } })
  } catch (error) {
    isCodeRefused.value = error instanceof Refused
  }
}

/** Requests the session, and connects to the event stream if it is authenticated. */
export async function start(): Promise<void> {
  clearTimeout(retry)
  hangUp()
  // Saved rooms are shown until the answer arrives.
  if (session.value === null) recall()
  await redeemCode()
  try {
    session.value = await ask<Session>('api/session', { signal: withinPatience() })
  } catch {
    lost()
    retry = setTimeout(start, again)
    return
  }
  if (session.value.authenticated) {
    hasEntered.value = true
    open()
  } else {
    forget()
    forgetRecent()
    link.value = 'none'
    lostSince.value = null
  }
}

function open(): void {
  hangUp = openEvents({
    onOpen: () => void connected(),
    onLost: lost,
    onEnd() {
      lost()
      retry = setTimeout(start, again)
    },
  })
}

async function connected(): Promise<void> {
  clearTimeout(retry)
  try {
    if (!(await refresh(true))) {
      retry = setTimeout(connected, again)
      return
    }
  } catch {
    return void start()
  }
  link.value = 'live'
  lostSince.value = null
  refetchRecent()
}

function lost(): void {
  link.value = 'lost'
  lostSince.value ??= now()
}

/** @throws Refused 401 or 429, Unreachable */
export async function logIn(password: string): Promise<void> {
  await ask('api/session', { method: 'POST', body: { password } })
  await start()
}

export async function logOut(): Promise<void> {
  await ask('api/session', { method: 'DELETE' })
  hasEntered.value = false
  await start()
}

let lastBeat = Date.now()
/** Reconnects after the computer has slept: its connection may be dead without an error, and events were missed. */
function afterSleep(): void {
  // Browsers slow down the timers of a hidden page, which looks like sleep.
  if (document.visibilityState !== 'visible') return
  const slept = Date.now() - lastBeat
  lastBeat = Date.now()
  if (slept > 2 * rhythm && session.value?.authenticated) void start()
}

setInterval(() => {
  afterSleep()
  if (link.value !== 'live') return
  refresh().then(
    (answered) => {
      if (!answered) lost()
      else if (link.value === 'lost') void start()
    },
    (error) => {
      if (error instanceof LoginNeeded) void start()
    },
  )
}, rhythm)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') afterSleep()
})
addEventListener('online', () => void start())
addEventListener('offline', lost)
// The form appears at once, whichever request was refused.
effect(() => {
  if (loginNeeded.value > 0 && session.peek()?.authenticated) void start()
})
