import { readFileSync } from 'node:fs'
import { ok, skipped, warning } from '@hearthwatch/doctor'
import { ports } from '@hearthwatch/mqtt'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    none: 'No broker listens on this machine.',
    noneWhy: 'The ports of the broker are in use elsewhere, or it does not run.',
    good: (list: string) => `The broker listens on ${list}.`,
    plain: (port: number) => `The broker takes connections without TLS on port ${port} from the whole network.`,
    plainWhy: 'Everyone in the network can read the passwords and the readings. A firewall such as ufw does not see ports of Docker.',
    plainDo: 'Bind it to 127.0.0.1 (BROKER_HOST, BROKER_BIND), and use port 8883 with TLS for sensors.',
    local: 'The broker listens on 127.0.0.1 only, so no sensor on another machine can reach it.',
    localDo: 'npm run setup makes certificates, after which port 8883 is open. In mosquitto.conf: listener 8883',
  },
  'zh-TW': {
    none: '這台機器上沒有 broker 在接聽。',
    noneWhy: 'broker 在別的機器上，或沒有執行。',
    good: (list: string) => `broker 在 ${list} 接聽。`,
    plain: (port: number) => `broker 在連接埠 ${port} 接受整個網路未加密的連線。`,
    plainWhy: '網路上的每個人都能讀到密碼和讀數。ufw 這類防火牆看不到 Docker 的連接埠。',
    plainDo: '請綁定到 127.0.0.1（BROKER_HOST、BROKER_BIND），感測器改用 8883 的 TLS。',
    local: 'broker 只在 127.0.0.1 接聽，其他機器上的感測器連不到。',
    localDo: '執行 npm run setup 建立憑證後，8883 就會開放。在 mosquitto.conf 加上：listener 8883',
  },
}

/** Which ports of a broker on this machine are open, and to whom. */
export const listenersCheck: Check = {
  id: 'listeners',
  needs: 'machine',
  run(patient) {
    const say = inLanguage(texts, patient)
    const { BROKER_PORT, BROKER_TLS_PORT, MQTT_URL } = patient.config
    const plain = MQTT_URL === undefined ? BROKER_PORT : ports['mqtt:']
    const secure = MQTT_URL === undefined ? BROKER_TLS_PORT : ports['mqtts:']
    const open = listeners().filter(({ port }) => port !== 0 && (port === plain || port === secure))
    if (open.length === 0) return [skipped('listeners', say.none, say.noneWhy)]
    if (open.some(({ port, isLocal }) => port === plain && !isLocal))
      return [warning('listeners', say.plain(plain), say.plainWhy, say.plainDo)]
    if (open.every(({ isLocal }) => isLocal)) return [warning('listeners.local', say.local, '', say.localDo)]
    return [ok('listeners', say.good(open.map(({ port, isLocal }) => `${isLocal ? '127.0.0.1' : '*'}:${port}`).join(', ')))]
  },
}

/** The listening TCP ports of this machine, by /proc/net/tcp and tcp6. */
export function listeners(read: (file: string) => string = readProc): { port: number; isLocal: boolean }[] {
  return ['tcp', 'tcp6'].flatMap((name) =>
    read(`/proc/net/${name}`)
      .split('\n')
      .flatMap((line) => {
        const [, local = '', , state] = line.trim().split(/\s+/)
        const [address = '', port = ''] = local.split(':')
        if (state !== '0A') return []
        const isLocal = /^0100007F$|^0{24}01000000$|^0{16}FFFF00000100007F$/.test(address)
        return [{ port: Number.parseInt(port, 16), isLocal }]
      }),
  )
}

function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
