import type { PushKey } from '@hearthwatch/api/channels'
import { signal } from '@preact/signals'
import { ask } from '../../monitor/ask.ts'
import { channels, remove, save } from './state.ts'

/** `insecure`: neither HTTPS nor this machine · `phone`: an iPhone that shows notifications only for pages on its home screen */
export type Support = 'yes' | 'denied' | 'insecure' | 'phone' | 'no'

export function support(): Support {
  if (!isSecureContext) return 'insecure'
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
    return /iPhone|iPad/.test(navigator.userAgent) ? 'phone' : 'no'
  return Notification.permission === 'denied' ? 'denied' : 'yes'
}

/** The place where this browser keeps the name of its channel. */
const key = 'hearthwatch.channel'
const stored = () => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
/** The channel of this browser; null: none. */
export const ownChannel = signal<string | null>(stored())

function setOwnChannel(name: string | null): void {
  ownChannel.value = name
  try {
    if (name === null) localStorage.removeItem(key)
    else localStorage.setItem(key, name)
  } catch {
    // Storage is blocked: after a reload the page offers to subscribe again.
  }
}

const systems = ['iPhone', 'iPad', 'Android', 'Windows', 'Mac', 'CrOS', 'Linux']

/** A name that no channel has: `Android`, then `Android-2`. */
export function freeName(): string {
  const system = systems.find((name) => navigator.userAgent.includes(name)) ?? 'browser'
  const taken = new Set(channels.peek()?.map(({ name }) => name))
  let name = system
  for (let number = 2; taken.has(name); number += 1) name = `${system}-${number}`
  return name
}

/** The browser did not subscribe: the person refused, or it cannot reach its push service. */
export class NotSubscribed extends Error {
  override name = 'NotSubscribed'
}

/** Subscribes this browser and makes its channel. The caller must act on a press: browsers ask for permission only then. */
export async function subscribe(name: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new NotSubscribed()
  const { key: publicKey } = await ask<PushKey>('api/push-key')
  const { endpoint, keys = {} } = await subscriptionWith(publicKey)
  const { p256dh = '', auth = '' } = keys
  await save(name, 'browser', { endpoint: endpoint ?? '', p256dh, auth }, false)
  setOwnChannel(name)
}

async function subscriptionWith(publicKey: string): Promise<PushSubscriptionJSON> {
  try {
    const { pushManager } = await navigator.serviceWorker.ready
    // One of another house, or of a channel that was removed: its key may differ.
    await (await pushManager.getSubscription())?.unsubscribe()
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
    return subscription.toJSON()
  } catch {
    throw new NotSubscribed()
  }
}

/** Removes the channel of this browser, and its subscription. */
export async function unsubscribe(name: string): Promise<void> {
  await remove(name)
  setOwnChannel(null)
  const registration = await navigator.serviceWorker.getRegistration()
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}
