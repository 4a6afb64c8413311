import assert from 'node:assert/strict'
import { type HttpReceiver, type Received, type Reply, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'
import { exampleVapid } from '@hearthwatch/testhouse/servers/push-service'
import { type Channel, noOptions } from '../../../notify/channels/channel.ts'
import type { ChannelType } from '../../../notify/channels/kind.ts'
import { optionNames } from '../../../notify/channels/options.ts'
import { createChannel, parseChannels } from '../../../notify/channels/registry.ts'
import { readUrl, withoutParameters } from '../../../notify/channels/url.ts'
import { type Arrived, conforms, type Meaning, type OtherSide } from './conformance.ts'

/** Failures that every channel over HTTP must handle. */
const everywhere = {
  'has an internal error': 'later',
  'breaks the connection in the middle': 'later',
  'stops answering in the middle': 'later',
  'stops answering in the middle of its answer': 'unreachable',
  'does not listen': 'unreachable',
  'is unavailable for two minutes': ['unreachable', 120_000],
  'is unavailable until a date': ['unreachable', 90_000],
  'asks to wait for a year': ['unreachable', 86_400_000],
  'answers without end': 'unreachable',
  'answers with malformed JSON': 'unreachable',
  'redirects to another host': 'locked-out',
} as const satisfies Record<string, Meaning>

type Everywhere = keyof typeof everywhere

const replies: Readonly<Record<Everywhere, Reply>> = {
  'has an internal error': { status: 500 },
  'breaks the connection in the middle': 'drop',
  'stops answering in the middle': 'silent',
  'stops answering in the middle of its answer': 'stuck',
  'does not listen': 'drop',
  'is unavailable for two minutes': { status: 503, headers: { 'Retry-After': '120' } },
  'is unavailable until a date': {
    status: 503,
    headers: { Date: 'Mon, 23 Nov 2026 07:00:00 GMT', 'Retry-After': 'Mon, 23 Nov 2026 07:01:30 GMT' },
  },
  'asks to wait for a year': { status: 503, headers: { 'Retry-After': '31536000' } },
  'answers without end': 'endless',
  'answers with malformed JSON': { status: 502, body: '{"code":[[[\u0000</html>' },
  'redirects to another host': { status: 307 },
}

/** A service and the requirements of its documentation. */
export interface Demands<How extends string> {
  kind: ChannelType
  /** The URL of the channel for a service at this address. */
  url(service: string): string
  secrets: string[]
  short?: boolean
  /**
   * Accepts a request as the service does.
   * @throws AssertionError if the documentation requires another request
   */
  take(request: Received): { arrived: Arrived; reply: Reply }
  /** The refusals of this service, and the kind of each. */
  meanings: Readonly<Record<How, Meaning>>
  replies: Readonly<Record<How, Reply>>
}

export function conformsOverHttp<How extends string>(name: string, demands: Demands<How>): void {
  const meanings = { ...everywhere, ...demands.meanings } as Record<How | Everywhere, Meaning>
  conforms(name, meanings, () => startOtherSide(demands))
}

async function startOtherSide<How extends string>(demands: Demands<How>): Promise<OtherSide<How | Everywhere>> {
  const all: Readonly<Record<string, Reply>> = { ...replies, ...demands.replies }
  const faults: unknown[] = []
  const arrived: Arrived[] = []
  let returned = 0
  let behaviour: string | undefined
  /** The target of redirects. */
  const elsewhere = await startHttpReceiver(() => ({ status: 200, body: { event: 'message' } }))

  function answer(request: Received): Reply {
    const reply = behaviour === undefined ? undefined : all[behaviour]
    if (behaviour === 'redirects to another host') return { status: 307, headers: { Location: `${elsewhere.url}/caught` } }
    if (reply !== undefined) return reply
    try {
      const taken = demands.take(request)
      arrived.push(taken.arrived)
      return taken.reply
    } catch (error) {
      faults.push(error)
      return { status: 400 }
    }
  }

  let service: HttpReceiver = await startHttpReceiver(answer)
  const { port } = service
  const channel = channelOf(demands.url(service.url))
  const impatient = impatientOf(demands.kind, demands.url(service.url))
  return {
    channel,
    impatient,
    short: demands.short ?? false,
    secrets: demands.secrets,
    async next() {
      const next = arrived[returned]
      assert.ok(next, 'nothing has arrived')
      returned += 1
      return next
    },
    arrived: () => arrived.length,
    async behave(how) {
      behaviour = how
      await service.close()
      if (how !== 'does not listen') service = await startHttpReceiver(answer, port)
    },
    async close() {
      impatient.close()
      await service.close()
      await elsewhere.close()
      assert.deepEqual(faults, [])
      assert.deepEqual(elsewhere.requests, [])
    },
  }
}

/** Creates a channel from its URL, as the settings do. */
export function channelOf(url: string, now: () => number = Date.now, language: 'en' | 'zh-TW' = 'en'): Channel {
  const { channels, problems } = parseChannels({ NOTIFY_URLS: url, mailTo: [], UI_LANGUAGE: language })
  assert.deepEqual(problems, [])
  const [channel] = channels.map((parsed) => createChannel(parsed, now, exampleVapid))
  assert.ok(channel)
  return channel
}

function impatientOf(kind: ChannelType, text: string): Channel {
  const createTransport = kind.parse({
    url: readUrl(text),
    text: withoutParameters(text, optionNames),
    setting: { en: 'NOTIFY_URLS', 'zh-TW': 'NOTIFY_URLS' },
    mailFrom: undefined,
    mailTo: [],
    language: 'en',
  })
  return { ...createTransport({ now: Date.now, timeout: 1000, vapid: exampleVapid }), ...noOptions, name: kind.kind, kind: kind.kind }
}

/** Sends one message to a service with this reply, and returns the request. */
export async function requestOf(
  url: (service: string) => string,
  message: Parameters<Channel['send']>[0],
  reply: Reply,
): Promise<Received> {
  const service = await startHttpReceiver(() => reply)
  const channel = channelOf(url(service.url))
  try {
    await channel.send({ ...message, recipient: message.recipient || (channel.recipients[0] ?? '') })
    const [request, ...more] = service.requests
    assert.ok(request && more.length === 0)
    return request
  } finally {
    channel.close()
    await service.close()
  }
}
