import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { error, type Finding, ok, skipped, warning } from '@hearthwatch/doctor'
import { day, renewBefore, succeedBefore } from '@hearthwatch/protocol/durations'
import { lacks, readAuthorities } from '../../intake/authorities.ts'
import { type Check, inLanguage, type Patient } from '../check.ts'

const texts = {
  en: {
    none: (folder: string) => `There are no certificates in ${folder}.`,
    noneWhy: 'Setup makes them; another broker may have its own.',
    good: (until: string, names: string) => `The broker's certificate is valid until ${until}, for ${names}.`,
    ends: (days: number, until: string) => `The broker's certificate ends in ${days} days (${until}).`,
    ended: (until: string) => `The broker's certificate ended on ${until}.`,
    endsWhy: 'After that no client with TLS can connect, the monitor included.',
    endsDo: 'npm run setup -- renew',
    setupDo: 'npm run setup',
    authority: (days: number, until: string) => `The authority of the certificates ends in ${days} days (${until}).`,
    authorityWhy: (list: string) => `Each sensor needs the new ca.crt before: ${list}.`,
    authorityDo: 'npm run setup, then copy mosquitto/certs/ca.crt to each of them',
    lacking: (list: string) => `These sensors do not trust the next authority yet: ${list}.`,
    lackingWhy: (until: string) =>
      `The present one ends on ${until}. The monitor offers the next one to each sensor that is online and connects with TLS.`,
    lackingDo:
      'Switch them on and wait a minute. Any other program needs a copy of ca-next.crt (with Docker: docker compose run --rm setup show ca).',
    learnt: (until: string) => `The authority of the certificates ends on ${until}; all sensors trust the next one.`,
    address: (address: string, names: string) => `This machine has the address ${address}, which the certificate does not name (${names}).`,
    addressWhy: 'Sensors that call the broker by it are refused. Its address may have changed.',
    addressDo: (address: string) => `npm run setup -- --host ${address}`,
    unreadable: (file: string) => `${file} is no certificate.`,
    unreadableWhy: 'The broker cannot offer TLS with it.',
  },
  'zh-TW': {
    none: (folder: string) => `${folder} 裡沒有憑證。`,
    noneWhy: '憑證由 setup 建立；其他 broker 可能有自己的憑證。',
    good: (until: string, names: string) => `broker 的憑證有效到 ${until}，適用於 ${names}。`,
    ends: (days: number, until: string) => `broker 的憑證將在 ${days} 天後到期（${until}）。`,
    ended: (until: string) => `broker 的憑證已於 ${until} 到期。`,
    endsWhy: '到期後，使用 TLS 的用戶端都無法連線，包括監控程式。',
    endsDo: 'npm run setup -- renew',
    setupDo: 'npm run setup',
    authority: (days: number, until: string) => `簽發憑證的機構將在 ${days} 天後到期（${until}）。`,
    authorityWhy: (list: string) => `在那之前，每個感測器都需要新的 ca.crt：${list}。`,
    authorityDo: '執行 npm run setup，再把 mosquitto/certs/ca.crt 複製到每個感測器',
    lacking: (list: string) => `這些感測器還不信任新的簽發機構：${list}。`,
    lackingWhy: (until: string) => `目前的機構在 ${until} 到期。監控程式會把新的機構提供給每個在線、使用 TLS 的感測器。`,
    lackingDo: '請開啟這些感測器並等一分鐘。其他程式需要一份 ca-next.crt（使用 Docker 時：docker compose run --rm setup show ca）。',
    learnt: (until: string) => `簽發憑證的機構在 ${until} 到期；所有感測器都已信任新的機構。`,
    address: (address: string, names: string) => `這台機器的位址是 ${address}，憑證裡沒有（${names}）。`,
    addressWhy: '以這個位址連線的感測器會被拒絕。位址可能改變了。',
    addressDo: (address: string) => `npm run setup -- --host ${address}`,
    unreadable: (file: string) => `${file} 不是憑證。`,
    unreadableWhy: 'broker 無法用它提供 TLS。',
  },
}

/** The certificates that setup has made for the broker on this machine. */
export const certificatesCheck: Check = {
  id: 'certificates',
  needs: 'machine',
  run(patient) {
    const say = inLanguage(texts, patient)
    const { config, now } = patient
    const folder = join(config.brokerFiles, 'certs')
    const authority = authorityFindings(patient)
    if (!existsSync(join(folder, 'server.crt'))) return [skipped('certificates', say.none(folder), say.noneWhy), ...authority]
    const server = read(join(folder, 'server.crt'))
    if (server === null) return [error('certificates', say.unreadable(join(folder, 'server.crt')), say.unreadableWhy, say.setupDo)]
    const names = (server.subjectAltName ?? '').replaceAll(/(DNS|IP Address):/g, '')
    const until = dateOf(server)
    const left = Date.parse(server.validTo) - now
    const found: Finding[] = []
    if (left < 0) found.push(error('certificates', say.ended(until), say.endsWhy, say.endsDo))
    else if (left < renewBefore) found.push(warning('certificates', say.ends(Math.floor(left / day), until), say.endsWhy, say.endsDo))
    else found.push(ok('certificates', say.good(until, names)))
    found.push(...authority)
    for (const address of localAddresses())
      if (server.checkIP(address) === undefined)
        found.push(warning('certificates.address', say.address(address, names), say.addressWhy, say.addressDo(address)))
    return found
  },
}

/** The sensors that do not trust the next authority yet, in the last year of the present one. */
function authorityFindings(patient: Patient): Finding[] {
  const say = inLanguage(texts, patient)
  const [present, next] = readAuthorities(patient.config, patient.now)
  if (present === undefined || present.end - patient.now >= succeedBefore) return []
  const until = new Date(present.end).toISOString().slice(0, 10)
  const devices = patient.database?.devices ?? []
  const lacking = devices.filter(({ info }) => lacks(info, next ?? { ...present, fingerprint: '' })).map(({ id }) => id)
  const list = lacking.join(', ')
  if (next === undefined) {
    const days = Math.floor((present.end - patient.now) / day)
    return [warning('certificates.authority', say.authority(days, until), say.authorityWhy(list), say.authorityDo)]
  }
  if (lacking.length > 0) return [warning('certificates.authority', say.lacking(list), say.lackingWhy(until), say.lackingDo)]
  return [ok('certificates.authority', say.learnt(until))]
}

function read(file: string): X509Certificate | null {
  try {
    return new X509Certificate(readFileSync(file))
  } catch {
    return null
  }
}

const dateOf = ({ validTo }: X509Certificate) => new Date(validTo).toISOString().slice(0, 10)

/** The addresses of this machine in its networks; those of containers and of links are left out. */
function localAddresses(): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    /^(docker|br-|veth|virbr|lo)/.test(name)
      ? []
      : addresses.flatMap(({ address, family, internal }) => (family === 'IPv4' && !internal ? [address] : [])),
  )
}
