import { readFile } from 'node:fs/promises'
import { askHidden, askPerson } from '@hearthwatch/cli/terminal'
import { FlashUsageError, type Options } from './arguments.ts'
import type { Card } from './card/inspect.ts'
import { readProbe, sensorNames } from './card/overlays.ts'
import { isSsid, isWifiPassword } from './card/wifi.ts'
import type { Words } from './words/words.ts'

/** All that a person has chosen, complete and checked. */
export interface FlashRequest {
  room: string
  id: string | undefined
  driver: string | undefined
  probes: string | undefined
  overlays: string[]
  wifi: { ssid: string; password: string; country: string } | undefined
  hostname: string | undefined
  sshKey: string | undefined
  user: string
}

/** Completes the options: from the card, then by asking. @throws FlashUsageError for what is missing or wrong */
export async function completeRequest(options: Options, card: Card, isAsking: boolean, words: Words): Promise<FlashRequest> {
  const room = options.room ?? card.before?.room ?? (isAsking ? await askPerson(words.askRoom, []) : undefined)
  if (room === undefined || room === '') throw new FlashUsageError(words.noRoom)
  const isFirst = isAsking && options.room === undefined && card.before === undefined
  const names = options.probe ?? (isFirst ? [(await askPerson(words.askProbe, [])) || 'auto'] : ['auto'])
  const probes = names.map((name) => {
    const probe = readProbe(name)
    if (probe === undefined) throw new FlashUsageError(words.wrongProbe(name, sensorNames))
    return probe
  })
  const drivers = [...new Set(probes.map(({ driver }) => driver))]
  const hostname = options.hostname?.toLowerCase()
  if (hostname !== undefined && !/^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(hostname)) throw new FlashUsageError(words.wrongHostname)
  return {
    room,
    id: options.id ?? card.before?.id,
    driver: drivers.length === 1 && drivers[0] !== 'auto' ? drivers[0] : undefined,
    probes: options.probes,
    overlays: probes.flatMap(({ lines }) => lines),
    wifi: await readWifi(options, isAsking, isFirst, words),
    hostname,
    sshKey: options['ssh-key'] === undefined ? undefined : await readKey(options['ssh-key'], words),
    user: options.user ?? 'pi',
  }
}

async function readWifi(options: Options, isAsking: boolean, isFirst: boolean, words: Words): Promise<FlashRequest['wifi']> {
  const ssid = options.wifi ?? (isFirst ? await askPerson(words.askWifi, []) : '')
  if (ssid === '') return undefined
  if (!isSsid(ssid)) throw new FlashUsageError(words.wrongSsid)
  const country = (options.country ?? (isAsking ? await askPerson(words.askCountry, []) : undefined))?.toUpperCase()
  if (country === undefined) throw new FlashUsageError(words.needsCountry)
  if (!/^[A-Z]{2}$/.test(country)) throw new FlashUsageError(words.wrongCountry)
  const password = options['wifi-password'] ?? (isAsking ? await askHidden(words.askWifiPassword) : undefined)
  if (password === undefined) throw new FlashUsageError(words.needsWifiPassword)
  if (!isWifiPassword(password)) throw new FlashUsageError(words.wrongWifiPassword)
  return { ssid, password, country }
}

/** The public key itself, or that in a file. */
async function readKey(text: string, words: Words): Promise<string> {
  const key = (/^(ssh-|ecdsa-|sk-)/.test(text) ? text : await readFile(text, 'utf8').catch(() => '')).trim()
  if (!/^(ssh-(ed25519|rsa)|ecdsa-sha2-\S+|sk-\S+) [A-Za-z0-9+/=]+( [^\r\n]*)?$/.test(key)) throw new FlashUsageError(words.wrongKey)
  return key
}
