import { statSync } from 'node:fs'
import { join } from 'node:path'
import { error, type Finding, ok, skipped, warning } from '@hearthwatch/doctor'
import { type Check, inLanguage } from '../check.ts'

const texts = {
  en: {
    login: 'The broker accepts the login of the monitor.',
    disconnected: 'The monitor has no connection to the broker.',
    disconnectedDo:
      'Compare MQTT_USERNAME and MQTT_PASSWORD with the broker. If its password file was changed, make it read the file: docker compose kill -s HUP broker, or systemctl reload mosquitto',
    refusedWhy: (why: string, changed: string | null) =>
      changed === null ? why : `${why}. The password file was changed at ${changed}; a broker that was not reloaded since has the old one.`,
    taken: (user: string, count: number, addresses: string) =>
      `The login ${user} of the monitor was taken over ${count === 1 ? 'once' : `${count} times`} within 10 minutes${addresses === '' ? '' : `, by ${addresses}`}.`,
    takenWhy: 'Another monitor or program uses the same client id. Each ends the connection of the other.',
    takenDo: (user: string) =>
      `Stop the other program, or give it another login. The log of Mosquitto has its address: grep 'as ${user}' /var/log/mosquitto/mosquitto.log, or docker compose logs broker`,
    takenStop: 'Stop the other program, or give it another login: npm run setup -- sensor add ROOM',
    unreached: 'The rights of the monitor were not tested.',
    good: 'The broker delivers on all topics of the monitor.',
    bad: (topics: string) => `The broker does not deliver ${topics} to the monitor.`,
    badWhy: 'Its access list does not grant them. A broker need not report this.',
    badDo: (topics: readonly string[]) =>
      `In the access list, under the user of the monitor: ${topics.map((topic) => `topic readwrite ${topic}`).join(' · ')}`,
    all: 'The broker delivers a topic that the access list does not grant.',
    allWhy: 'It enforces no access list, or the user of the monitor has all rights. Then a stolen login of a sensor may do everything.',
    allDo: 'Use the access list that npm run setup makes, or one like it.',
    refused: 'The broker refuses a topic that the access list does not grant.',
    notTried: 'Refusals of the access list were not tested.',
    notTriedWhy: 'A test needs a subscription that the session of the running monitor would keep. Stop the monitor to test it.',
  },
  'zh-TW': {
    login: 'broker 接受監控程式的登入。',
    disconnected: '監控程式沒有連上 broker。',
    disconnectedDo:
      '請核對 MQTT_USERNAME、MQTT_PASSWORD 與 broker。密碼檔改過的話，請讓 broker 重新讀取：docker compose kill -s HUP broker，或 systemctl reload mosquitto',
    refusedWhy: (why: string, changed: string | null) =>
      changed === null ? why : `${why}。密碼檔在 ${changed} 改過；之後沒有重新載入的 broker 仍使用舊的密碼。`,
    taken: (user: string, count: number, addresses: string) =>
      `監控程式的帳號 ${user} 在 10 分鐘內被接手 ${count} 次${addresses === '' ? '' : `，來自 ${addresses}`}。`,
    takenWhy: '另一個監控程式或程式使用同一個 client id，兩邊會互相中斷連線。',
    takenDo: (user: string) =>
      `請停止那個程式，或給它別的帳號。Mosquitto 的記錄檔有它的位址：grep 'as ${user}' /var/log/mosquitto/mosquitto.log，或 docker compose logs broker`,
    takenStop: '請停止那個程式，或給它別的帳號：npm run setup -- sensor add 房間',
    unreached: '沒有測試監控程式的權限。',
    good: 'broker 會傳遞監控程式的所有主題。',
    bad: (topics: string) => `broker 沒有把 ${topics} 傳遞給監控程式。`,
    badWhy: '存取清單沒有允許這些主題，而 broker 不一定會回報。',
    badDo: (topics: readonly string[]) =>
      `在存取清單、監控程式的使用者底下加上：${topics.map((topic) => `topic readwrite ${topic}`).join(' · ')}`,
    all: 'broker 傳遞了存取清單沒有允許的主題。',
    allWhy: '它沒有執行存取清單，或監控程式的使用者擁有所有權限。被偷的感測器帳號就能做任何事。',
    allDo: '請使用 npm run setup 產生的存取清單，或類似的清單。',
    refused: 'broker 會拒絕存取清單沒有允許的主題。',
    notTried: '沒有測試存取清單的拒絕。',
    notTriedWhy: '測試需要訂閱，執行中的監控程式的工作階段會保留它。請先停止監控程式再測試。',
  },
}

export const deliveryCheck: Check = {
  id: 'delivery',
  needs: 'connection',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const { live, liveProblem, config } = patient
    const { takeovers } = patient
    const taken: Finding[] = []
    if (takeovers !== null) {
      const { clientId } = config
      const remedy = takeovers.addresses.length > 0 ? say.takenStop : say.takenDo(clientId)
      taken.push(error('login.taken', say.taken(clientId, takeovers.count, takeovers.addresses.join(', ')), say.takenWhy, remedy))
    }
    if (live === null && patient.isRefused) {
      if (taken.length > 0) return taken
      return [error('login', say.disconnected, say.refusedWhy(liveProblem, passwordsChanged(config.brokerFiles)), say.disconnectedDo)]
    }
    if (live === null) return [skipped('delivery', say.unreached, liveProblem)]
    const missing = await live.undelivered()
    const found: Finding[] = [
      ...taken,
      ok('login', say.login),
      missing.length === 0 ? ok('delivery', say.good) : error('delivery', say.bad(missing.join(', ')), say.badWhy, say.badDo(missing)),
    ]
    const mayDoAll = await live.mayDoAll()
    if (mayDoAll === null) found.push(skipped('delivery.refusals', say.notTried, say.notTriedWhy))
    else found.push(mayDoAll ? warning('delivery.refusals', say.all, say.allWhy, say.allDo) : ok('delivery.refusals', say.refused))
    return found
  },
}

/** The time at which the password file was changed, UTC; null: the broker is not set up here. */
function passwordsChanged(folder: string): string | null {
  const changed = statSync(join(folder, 'passwd'), { throwIfNoEntry: false })?.mtime
  return changed === undefined ? null : `${changed.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
