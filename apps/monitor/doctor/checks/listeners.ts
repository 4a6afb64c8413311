import { error, type Finding, type Listener, listeners, ok, programOf, skipped, warning } from '@hearthwatch/doctor'
import { ports } from '@hearthwatch/mqtt'
import { type Check, inLanguage, type Patient } from '../check.ts'

const texts = {
  en: {
    none: 'No broker listens on this machine.',
    noneWhy: 'The ports of the broker are in use elsewhere, or it does not run.',
    good: (list: string) => `The broker listens on ${list}.`,
    taken: (port: number, program: string) => `The port ${port} of the broker is held by ${program}.`,
    takenWhy: 'The monitor starts its own broker there, because MQTT_URL is not set, and cannot start.',
    takenDo: (name: string) =>
      `Set another ${name} in .env, or stop that program: systemctl disable --now mosquitto. If it is the house under Docker: docker compose exec monitor node apps/monitor/commands/doctor.ts`,
    hidden: 'a program of another user',
    plain: (port: number) => `The broker takes connections without TLS on port ${port} from the whole network.`,
    plainWhy: 'Everyone in the network can read the passwords and the readings. A firewall such as ufw does not see ports of Docker.',
    plainDo: 'Bind it to 127.0.0.1 (BROKER_HOST, BROKER_BIND), and use port 8883 with TLS for sensors.',
    local: 'The broker listens on 127.0.0.1 only.',
    localWhy: 'No sensor on another machine can reach it.',
    localDo: 'npm run setup makes certificates, after which port 8883 is open. In mosquitto.conf: listener 8883',
  },
  'zh-TW': {
    none: '這台機器上沒有 broker 在接聽。',
    noneWhy: 'broker 在別的機器上，或沒有執行。',
    good: (list: string) => `broker 在 ${list} 接聽。`,
    taken: (port: number, program: string) => `broker 的連接埠 ${port} 被 ${program} 佔用。`,
    takenWhy: '沒有設定 MQTT_URL，所以監控程式要在那裡啟動自己的 broker，卻無法啟動。',
    takenDo: (name: string) =>
      `請在 .env 設定其他 ${name}，或停止那個程式：systemctl disable --now mosquitto。如果是 Docker 裡的系統，請執行：docker compose exec monitor node apps/monitor/commands/doctor.ts`,
    hidden: '其他使用者的程式',
    plain: (port: number) => `broker 在連接埠 ${port} 接受整個網路未加密的連線。`,
    plainWhy: '網路上的每個人都能讀到密碼和讀數。ufw 這類防火牆看不到 Docker 的連接埠。',
    plainDo: '請綁定到 127.0.0.1（BROKER_HOST、BROKER_BIND），感測器改用 8883 的 TLS。',
    local: 'broker 只在 127.0.0.1 接聽。',
    localWhy: '其他機器上的感測器連不到。',
    localDo: '執行 npm run setup 建立憑證後，8883 就會開放。在 mosquitto.conf 加上：listener 8883',
  },
}

/** Which ports of a broker on this machine are open, and to whom. */
export const listenersCheck: Check = {
  id: 'listeners',
  needs: 'machine',
  run(patient) {
    const say = inLanguage(texts, patient)
    const { plain, secure } = portsOf(patient.config)
    const open = listeners().filter(({ port }) => port !== 0 && (port === plain || port === secure))
    if (open.length === 0) return [skipped('listeners', say.none, say.noneWhy)]
    if (patient.config.MQTT_URL === undefined && !patient.isRunning) return takenBy(open, plain, say)
    if (open.some(({ port, isLocal }) => port === plain && !isLocal))
      return [warning('listeners', say.plain(plain), say.plainWhy, say.plainDo)]
    if (open.every(({ isLocal }) => isLocal)) return [warning('listeners.local', say.local, say.localWhy, say.localDo)]
    return [ok('listeners', say.good(open.map(({ port, isLocal }) => `${isLocal ? '127.0.0.1' : '*'}:${port}`).join(', ')))]
  },
}

/** Another program has a port of the embedded broker, which does not run. */
function takenBy(open: readonly Listener[], plain: number, say: (typeof texts)['en']): Finding[] {
  const byPort = new Map(open.map((listener) => [listener.port, listener]))
  return [...byPort.values()].map((listener) => {
    const name = listener.port === plain ? 'BROKER_PORT' : 'BROKER_TLS_PORT'
    return error('listeners.taken', say.taken(listener.port, programOf(listener) ?? say.hidden), say.takenWhy, say.takenDo(name))
  })
}

/** The ports of the broker without and with TLS: the one in MQTT_URL, and the usual one for the other. */
function portsOf({ MQTT_URL, BROKER_PORT, BROKER_TLS_PORT }: Patient['config']): { plain: number; secure: number } {
  if (MQTT_URL === undefined) return { plain: BROKER_PORT, secure: BROKER_TLS_PORT }
  const { protocol, port } = new URL(MQTT_URL)
  const [plain, secure] = [ports['mqtt:'], ports['mqtts:']]
  if (port === '') return { plain, secure }
  return protocol === 'mqtts:' ? { plain, secure: Number(port) } : { plain: Number(port), secure }
}
