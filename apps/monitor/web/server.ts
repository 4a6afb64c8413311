import cookies from '@fastify/cookie'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { NotUnderstood } from '@hearthwatch/api/devices'
import type { Log } from '@hearthwatch/log'
import type { Language } from '@hearthwatch/settings'
import Fastify from 'fastify'
import type { Control } from '../devices/control.ts'
import type { NewSensors } from '../devices/new-sensors.ts'
import type { Patient } from '../doctor/check.ts'
import type { PacketTrace } from '../intake/packet-trace.ts'
import type { Health } from '../live/health.ts'
import type { LiveState } from '../live/live-state.ts'
import type { Notify } from '../notify/deliver.ts'
import type { OwnChannels } from '../notify/own-channels.ts'
import type { Compose } from '../notify/text/compose.ts'
import type { Alert } from '../rules/alert.ts'
import type { Device } from '../store/devices.ts'
import type { Whose } from '../store/password.ts'
import type { Store } from '../store/store.ts'
import type { App, WebConfig, WebCounters } from './app.ts'
import { createAccess, guard } from './http/access.ts'
import { listen, ownHost } from './http/address.ts'
import { addCompressionAndEtags } from './http/compression-etag.ts'
import { answerErrors, answerOtherMethods, answerUnreadable } from './http/errors.ts'
import { addHeaders } from './http/headers.ts'
import { addOpenApi } from './http/openapi.ts'
import { addPage } from './http/page.ts'
import { preparePassword } from './http/password.ts'
import { compileValidator } from './http/validation.ts'
import { createRoomsAnswer } from './rooms-answer.ts'
import { addAcknowledge } from './routes/acknowledge.ts'
import { addAlerts } from './routes/alerts.ts'
import { addChannelForms } from './routes/channel-forms.ts'
import { addChannels } from './routes/channels.ts'
import { addChecklist } from './routes/checklist.ts'
import { addDevices } from './routes/devices.ts'
import { addDoctor } from './routes/doctor.ts'
import { addEvents } from './routes/events.ts'
import { addExport } from './routes/export.ts'
import { addHistory } from './routes/history.ts'
import { addHouse } from './routes/house.ts'
import { addLabels } from './routes/labels.ts'
import { addLogin } from './routes/login.ts'
import { addMetrics } from './routes/metrics.ts'
import { addNotes } from './routes/notes.ts'
import { addRooms } from './routes/rooms.ts'
import { addRuleTrial } from './routes/rule-trial.ts'
import { addRules } from './routes/rules.ts'
import { addSensors } from './routes/sensors.ts'
import { addSilences } from './routes/silences.ts'
import { addUpdate } from './routes/update.ts'
import { addWire } from './routes/wire.ts'
import { createViews, type DeviceQuestions } from './views.ts'

export interface WebOptions extends DeviceQuestions {
  config: WebConfig
  store: Store
  liveState: LiveState
  health(): Health
  counters: WebCounters
  /** ms without a message after which this device counts as silent; null: not known yet. */
  limitOf(device: Device): number | null
  control: Control
  /** Names of all channels. */
  channelNames(): readonly string[]
  packetTrace: PacketTrace
  /** Forgets a device. @returns false if it has come back meanwhile */
  forget(device: Device): Promise<boolean>
  /** Gives a device a room: a person has confirmed it. */
  giveRoom(device: Device, room: string): void
  /** Stores no more readings of a device of others, or stores them again. */
  ignore(device: Device, ignored: boolean): void
  /** Announced values that are not followed. */
  notUnderstood(): NotUnderstood[]
  /** Forgets a room. @returns false if there is no such room; @throws RoomInUse */
  forgetRoom(room: string, history: 'keep' | 'delete'): Promise<boolean>
  /** Acknowledges alerts. @returns those that exist */
  acknowledge(ids: readonly number[]): Alert[]
  /** null: the broker is not the monitor's own. */
  newSensors: NewSensors | null
  notify: Pick<Notify, 'channels' | 'test'>
  compose: Compose
  ownChannels: OwnChannels
  /** The house at this moment, for the doctor. */
  patient(language: Language | undefined): Patient
  /** ms since the epoch */
  now(): number
  log: Log
  version: string
}

export interface Web {
  /** The address of the page on this machine. */
  readonly url: string
  /** Stops at once and closes open event streams. */
  close(): Promise<void>
}

const pageFolder = new URL('../../dashboard/dist/', import.meta.url)

/**
 * Starts the page and the API.
 * @throws ListenError if its address or port is not available
 */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { config, store, liveState, now, log, version } = options
  const app = Fastify({
    logger: false,
    // Only these proxies may set the client's address and protocol.
    trustProxy: config.TRUST_PROXY,
    bodyLimit: 64 * 1024,
    // A device's name has up to 64 characters; percent-encoded, each can take 12.
    routerOptions: { maxParamLength: 64 * 12 },
    requestTimeout: 10_000,
    forceCloseConnections: true,
    frameworkErrors: answerUnreadable,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  // Answers are built field by field in views.ts with their types, so they need no serializer of their own.
  app.setSerializerCompiler(() => JSON.stringify)
  readJsonOnly(app)

  const prepare = (whose: Whose, password: string | undefined) =>
    password === undefined ? undefined : preparePassword(whose, password, store, log)
  const passwords = {
    owner: await prepare('owner', config.DASHBOARD_PASSWORD),
    reader: await prepare('reader', config.READER_PASSWORD),
  }
  const access = createAccess({ passwords, token: config.API_TOKEN, sessions: store.sessions, now, log })
  const views = createViews(config, store, options)
  const staleAfter = (device: string | null, room: string) => {
    const known = store.devices.get(device ?? `/${room}`)
    return (known && options.limitOf(known)) ?? config.OFFLINE_AFTER * 1000
  }

  app.addHook('onRequest', async (_, reply) => addHeaders(reply))
  await app.register(cookies)
  guard(app, access, config.PUBLIC_URL, log)
  answerErrors(app, log)
  const answerTheRest = answerOtherMethods(app)
  await addCompressionAndEtags(app)
  await addOpenApi(app, version)
  const rooms = createRoomsAnswer({ store, liveState, views, staleAfter, now })
  const events = addEvents(app, { liveState, views, access, roomsOf: rooms.existing, counts: rooms.counts })
  const hubs = [events, addWire(app, { ...options, access })]
  addLogin(app, access, config, () => {
    for (const hub of hubs) hub.check()
  })
  addRooms(app, { ...options, rooms })
  addAlerts(app, { ...options, views })
  addLabels(app, options)
  addNotes(app, options)
  addRules(app, options)
  addRuleTrial(app, options)
  addSilences(app, options)
  addChannels(app, { ...options, views })
  addChannelForms(app, { ...options, views, access })
  addDevices(app, { ...options, views, rooms }, config.TZ)
  addChecklist(app, { ...options, access })
  addDoctor(app, { ...options, access })
  addHouse(app, options)
  addUpdate(app, options)
  addSensors(app, { ...options, access })
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

/** Accepts JSON bodies only: a form of another page cannot send JSON without a CORS preflight. */
function readJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Many clients send the content type even with an empty body.
    if (body === '') done(null, undefined)
    else parse(request, body as string, done)
  })
}
