/// <reference lib="webworker" />

/** A message of the monitor, from `apps/monitor/notify/channels/browser.ts`. */
interface Pushed {
  id: string
  title: string
  body: string
  severity: 'info' | 'warning' | 'critical'
  /** Messages about one alert replace each other. */
  tag: string
  /** `#/room/kitchen` */
  view: string
  /** Acknowledges the alerts; null: there is nothing to acknowledge. */
  token: string | null
  labels: { acknowledge: string; failed: string }
}

interface Options extends NotificationOptions {
  actions?: { action: string; title: string }[]
  renotify?: boolean
}

/** Shows the monitor's messages as notifications. A click opens the page at the alert, and a button acknowledges. */
export function showPushes(worker: ServiceWorkerGlobalScope): void {
  const { registration } = worker

  async function show(message: Pushed): Promise<void> {
    const { title, body, severity, tag, token, labels } = message
    const options: Options = {
      body,
      tag,
      data: message,
      icon: 'icon-192.png',
      // Otherwise a new message about an alert would replace the old one without a sound.
      renotify: true,
      requireInteraction: severity === 'critical',
      silent: severity === 'info',
      actions: token === null ? [] : [{ action: 'acknowledge', title: labels.acknowledge }],
    }
    await registration.showNotification(title, options)
  }

  /** The link in a mail does the same, and needs no login. */
  async function acknowledge(message: Pushed): Promise<void> {
    try {
      const answer = await fetch(new URL(`a/${message.token}`, registration.scope), { method: 'POST' })
      if (answer.ok) return
    } catch {
      // No network.
    }
    await show({ ...message, body: `${message.labels.failed}\n${message.body}` })
  }

  async function open({ view }: Pushed): Promise<void> {
    const address = new URL(view, registration.scope).href
    const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })
    const page = pages.find(({ url }) => url.startsWith(registration.scope))
    if (page === undefined) return void (await worker.clients.openWindow(address))
    await page.focus()
    // A change of the hash alone: half-filled forms of the page stay.
    page.postMessage({ view })
  }

  worker.addEventListener('push', (event) => {
    const message = event.data?.json() as Pushed | undefined
    if (message !== undefined) event.waitUntil(show(message))
  })

  worker.addEventListener('notificationclick', (event) => {
    const message = event.notification.data as Pushed
    event.notification.close()
    event.waitUntil(event.action === 'acknowledge' ? acknowledge(message) : open(message))
  })
}
