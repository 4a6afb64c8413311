import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Log, silent } from '@hearthwatch/log'
import type { Link } from '@hearthwatch/mqtt'
import { createControl } from '../../apps/monitor/devices/control.ts'
import { createPacketTrace } from '../../apps/monitor/intake/packet-trace.ts'
import { createLiveState } from '../../apps/monitor/live/live-state.ts'
import { createChannelSet } from '../../apps/monitor/notify/channel-set.ts'
import { vapidOf } from '../../apps/monitor/notify/channels/vapid.ts'
import { startNotifications } from '../../apps/monitor/notify/deliver.ts'
import { createOwnChannels } from '../../apps/monitor/notify/own-channels.ts'
import { type Alert, newAlert } from '../../apps/monitor/rules/alert.ts'
import type { Device } from '../../apps/monitor/store/devices.ts'
import { openStore } from '../../apps/monitor/store/store.ts'
import type { WebConfig } from '../../apps/monitor/web/app.ts'
import { startWeb, type WebOptions } from '../../apps/monitor/web/server.ts'

/** A link without a broker. */
const disconnected: Link = {
  state: 'connecting',
  losses: 0,
  certificateEnd: null,
  why: 'no broker',
  reason: { en: 'no broker', 'zh-TW': 'no broker' },
  publish: async () => {},
  subscribe: async () => {},
  unsubscribe: async () => {},
  close: async () => {},
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
  json: any
}

export interface Question {
  method?: string
  headers?: OutgoingHttpHeaders
  body?: unknown
}

export type Page = Awaited<ReturnType<typeof startPage>>

/** Starts the page and the API with a temporary database, without MQTT, and with a clock that only the test moves. */
export async function startPage(settings: Partial<WebConfig> = {}, options: Partial<WebOptions> = {}, log: Log = silent) {
  const folder = mkdtempSync(join(tmpdir(), 'web-'))
  const store = openStore(join(folder, 'house.db'))
  // Tests show readings of any time.
  const liveState = createLiveState(() => Number.POSITIVE_INFINITY)
  const clock = { now: Date.UTC(2026, 10, 23, 12) }
  const health = { mqtt: 'connected', database: 'ok' }
  const config: WebConfig = {
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 0,
    DASHBOARD_PASSWORD: undefined,
    API_TOKEN: undefined,
    PUBLIC_URL: undefined,
    UI_LANGUAGE: 'en',
    TZ: 'Asia/Taipei',
    OFFLINE_AFTER: 90,
    TRUST_PROXY: 'loopback',
    DATABASE_FILE: join(folder, 'house.db'),
    RETENTION_DAYS: 0,
    BACKUP_DIR: undefined,
    BACKUP_KEEP: 7,
    installation: 'clone',
    ...settings,
  }
  const channels = createChannelSet({
    fromSettings: [],
    stored: store.channels,
    settings: {},
    now: () => clock.now,
    vapid: vapidOf(store.secrets.key('vapid')),
    log,
  })
  const notify = startNotifications({
    settings: { ...config, GROUP_WAIT: 0, GROUP_INTERVAL: 0 },
    store,
    channels: [],
    liveState,
    now: () => clock.now,
    log,
    held: () => true,
  })
  const web = await startWeb({
    config,
    store,
    liveState,
    health: () => health,
    counters: { readings: () => 7, rejected: new Map([['bad-json', 2]]), skipped: { reading: 0, batch: 3, heartbeat: 0 } },
    limitOf: () => 90_000,
    isFaulty: () => false,
    isConfirmed: () => true,
    problemsOf: () => [],
    ignore: () => {},
    notUnderstood: () => [],
    giveRoom: () => {},
    control: createControl({ offerFor: () => null, store, link: () => disconnected, now: () => clock.now, log }),
    channelNames: () => ['mail'],
    packetTrace: createPacketTrace(() => clock.now),
    forget: async () => true,
    forgetRoom: async () => true,
    newSensors: null,
    patient: () => {
      throw new Error('this page has no doctor')
    },
    acknowledge: (ids) => store.transaction(() => ids.flatMap((id) => store.alerts.acknowledge(id, clock.now) ?? [])),
    notify,
    compose: notify.compose,
    ownChannels: createOwnChannels({ set: channels, store, notify, settings: {}, now: () => clock.now, log }),
    now: () => clock.now,
    log,
    version: '1.2.3',
    ...options,
  })
  const ask = (path: string, question?: Question) => send(web.url, path, question)
  return {
    folder,
    url: web.url,
    store,
    liveState,
    clock,
    health,

    ask,

    /** The cookie of a new session. */
    async login(password: string, headers: OutgoingHttpHeaders = {}): Promise<string> {
      const answer = await ask('/api/session', { method: 'POST', body: { password }, headers })
      return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    },

    addDevice(about: Partial<Device> & { id: string | null; room: string }): void {
      const key = about.id ?? `/${about.room}`
      store.transaction(() => store.devices.put({ ...store.devices.getOrMake(key, about.id, about.room), ...about, key }))
    },

    addAlert(about: Partial<Alert>): Alert {
      const alert = newAlert({
        rule: 'too-hot',
        condition: 'above',
        subject: `${Math.random()}`,
        room: 'kitchen',
        device: 'pi-1',
        quantity: 'temperature',
        state: 'firing',
        severity: 'critical',
        value: 31.5,
        bound: 30,
        started: clock.now,
        fired: clock.now,
      })
      return store.transaction(() => store.alerts.start({ ...alert, ...about }))
    },

    addReadings(
      room: string,
      values: readonly (readonly [time: number, value: number])[],
      device: string | null = 'pi-1',
      quantity = 'temperature',
    ) {
      store.transaction(() => {
        for (const [time, value] of values) store.readings.addTimed({ room, quantity, device }, value, time, false)
      })
    },

    async close(): Promise<void> {
      await web.close()
      await notify.close()
      store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Sends one request without normalizing its path or adding headers. */
export function send(url: string, path: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body)
  const typed = text === undefined || 'content-type' in headers ? headers : { 'content-type': 'application/json', ...headers }
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: typed, agent: false }, (response) => {
      let received = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        received += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        const isJson = response.headers['content-type']?.startsWith('application/json') && received !== ''
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: received,
          json: isJson ? JSON.parse(received) : undefined,
        })
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}
