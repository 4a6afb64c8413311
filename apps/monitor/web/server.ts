import cookies from '@fastify/cookie'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Log } from '@hearthwatch/log'
import Fastify from 'fastify'
import type { Control } from '../devices/control.ts'
import type { PacketTrace } from '../intake/packet-trace.ts'
import type { Health } from '../live/health.ts'
import type { LiveState } from '../live/live-state.ts'
import type { Notify } from '../notify/deliver.ts'
import type { Alert } from '../rules/alert.ts'
import type { Device } from '../store/devices.ts'
import type { Store } from '../store/store.ts'
import type { App, WebConfig, WebCounters } from './app.ts'
import { createAccess, guard } from './http/access.ts'
import { listen, ownHost } from './http/address.ts'
import { addCompressionAndEtags } from './http/compression-etag.ts'
import { answerErrors, answerOtherMethods, answerUnreadable } from './http/errors.ts'
import { addHeaders } from './http/headers.ts'
import { addOpenApi } from './http/openapi.ts'
import { addPage } from './http/page.ts'
import { keepPassword } from './http/password.ts'
import { compileValidator } from './http/validation.ts'
import { addAcknowledge } from './routes/acknowledge.ts'
import { addAlerts } from './routes/alerts.ts'
import { addChannels } from './routes/channels.ts'
import { addDevices } from './routes/devices.ts'
import { addEvents } from './routes/events.ts'
import { addExport } from './routes/export.ts'
import { addHistory } from './routes/history.ts'
import { addLabels } from './routes/labels.ts'
import { addLogin } from './routes/login.ts'
import { addMetrics } from './routes/metrics.ts'
import { addRooms } from './routes/rooms.ts'
import { addRuleTrial } from './routes/rule-trial.ts'
import { addRules } from './routes/rules.ts'
import { addSilences } from './routes/silences.ts'
import { addWire } from './routes/wire.ts'
import { createViews } from './views.ts'

export interface WebOptions {
  config: WebConfig
  store: Store
  liveState: LiveState
  health(): Health
  counters: WebCounters
  /** ms without a sign of life after which this device is missed; null: too little is known of it. */
  limitOf(device: Device): number | null
  /** Whether a device that keeps a record brings no rows of it. */
  isFaulty(device: Device): boolean
  control: Control
  /** Names of the channels that there are. */
  channelNames: readonly string[]
  packetTrace: PacketTrace
  /** Forgets a device. @returns false where it has come back meanwhile */
  forget(device: Device): Promise<boolean>
  /** Marks alerts as seen. @returns those that there are */
  acknowledge(ids: readonly number[]): Alert[]
  /** The channels by which people are told. */
  notify: Pick<Notify, 'channels' | 'test'>
  /** ms since the epoch */
  now(): number
  log: Log
  version: string
}

export interface Web {
  /** Where this machine reaches the page. */
  readonly url: string
  /** Ends everything at once, open event streams too. */
  close(): Promise<void>
}

const pageFolder = new URL('../../dashboard/dist/', import.meta.url)

/**
 * Starts the page and the API.
 * @throws ListenError where its address or port cannot be had
 */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { config, store, liveState, now, log, version } = options
  const app = Fastify({
    logger: false,
    // Only a proxy on this machine may say where a request came from and whether that was by HTTPS.
    trustProxy: 'loopback',
    bodyLimit: 64 * 1024,
    // A device's name of 64 characters, as an address writes those of other scripts.
    routerOptions: { maxParamLength: 64 * 12 },
    requestTimeout: 10_000,
    forceCloseConnections: true,
    frameworkErrors: answerUnreadable,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  // What is sent is made field by field in views.ts and checked by its type; nothing is left to do but to write it.
  app.setSerializerCompiler(() => JSON.stringify)
  readJsonOnly(app)

  const { DASHBOARD_PASSWORD } = config
  const password = DASHBOARD_PASSWORD === undefined ? undefined : await keepPassword(DASHBOARD_PASSWORD, store, log)
  const access = createAccess(password, config.API_TOKEN, store.sessions, now)
  const views = createViews(config, store, options.isFaulty)
  const staleAfter = (device: string | null, room: string) => {
    const known = store.devices.get(device ?? `/${room}`)
    return (known && options.limitOf(known)) ?? config.OFFLINE_AFTER * 1000
  }

  app.addHook('onRequest', async (_, reply) => addHeaders(reply))
  await app.register(cookies)
  guard(app, access, config.PUBLIC_URL)
  answerErrors(app, log)
  const answerTheRest = answerOtherMethods(app)
  await addCompressionAndEtags(app)
  await addOpenApi(app, version)
  const events = addEvents(app, { liveState, views, access })
  const hubs = [events, addWire(app, { ...options, access })]
  addLogin(app, access, config, () => {
    for (const hub of hubs) hub.check()
  })
  addRooms(app, { ...options, views, staleAfter })
  addAlerts(app, { ...options, views })
  addLabels(app, options)
  addRules(app, options)
  addRuleTrial(app, options)
  addSilences(app, options)
  addChannels(app, options)
  addDevices(app, { ...options, views })
  addHistory(app, store, config.TZ, now)
  addExport(app, store, now)
  addMetrics(app, { ...options, staleAfter, listeners: () => events.size })
  await addAcknowledge(app, options)
  addPage(app, pageFolder, log)
  answerTheRest()
  app.addHook('preClose', async () => {
    for (const hub of hubs) hub.close()
  })

  const host = access.way === 'none' ? ownHost(config.HTTP_HOST, log) : config.HTTP_HOST
  return { url: await listen(app, host, config.HTTP_PORT), close: () => app.close() }
}

/** Bodies are JSON or refused: what a form of another page can send, without asking first, is never JSON. */
function readJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients name the type even where they send nothing.
    if (body === '') done(null, undefined)
    else parse(request, body as string, done)
  })
}
