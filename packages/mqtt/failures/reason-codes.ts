import { type Reason, untranslated } from './reason.ts'

const reason = (en: string, zhTW: string): Reason => ({ en, 'zh-TW': zhTW })

const version = reason('it does not speak this version of MQTT', '它不支援這個版本的 MQTT')
const clientId = reason('client id not accepted', '不接受這個 client id')
const password = reason('bad user name or password', '使用者名稱或密碼錯誤')
const notAuthorised = reason('not authorised', '沒有權限')
const unavailable = reason('not available at the moment', '目前無法使用')

/** Session taken over: another connection uses our client id. */
export const takenOver = 0x8e
export const qosNotSupported = 0x9b
/** The codes by which a broker refuses the version of CONNECT: MQTT 3.1.1, section 3.2.2.3, and MQTT 5, section 3.2.2.2. */
export const unsupportedVersion: readonly number[] = [0x01, 0x84]
/** Not authorised: MQTT 3.1.1 and 5. */
export const unauthorised: readonly number[] = [0x05, 0x87]

/** Return codes of MQTT 3.1.1 (below 0x80) and reason codes of MQTT 5 (section 2.4), those of failures. */
const words: Readonly<Record<number, Reason>> = {
  1: version,
  2: clientId,
  3: unavailable,
  4: password,
  5: notAuthorised,
  128: reason('the broker gives no reason', 'broker 沒有說明原因'),
  129: reason('malformed packet', '封包格式錯誤'),
  130: reason('protocol error', '違反通訊協定'),
  131: reason('this broker does not allow it', '這個 broker 不允許'),
  132: version,
  133: clientId,
  134: password,
  135: notAuthorised,
  136: unavailable,
  137: reason('the broker is busy', 'broker 忙碌中'),
  138: reason('this client is banned', '這個用戶端被封鎖'),
  139: reason('the broker is shutting down', 'broker 正在關機'),
  140: reason('login method not supported', '不支援這種登入方式'),
  141: reason('no packet within the keep-alive time', '超過 keep-alive 時間沒有封包'),
  142: reason('another connection uses our client id', '另一個連線使用我們的 client id'),
  143: reason('invalid topic filter', '主題篩選條件無效'),
  144: reason('invalid topic', '主題無效'),
  145: reason('packet identifier in use', '封包識別碼使用中'),
  146: reason('packet identifier not found', '找不到封包識別碼'),
  147: reason('too many unacknowledged messages', '未確認的訊息太多'),
  148: reason('invalid topic alias', '主題別名無效'),
  149: reason('packet too large', '封包太大'),
  150: reason('too many messages', '訊息太頻繁'),
  151: reason('quota exceeded', '超過配額'),
  152: reason('closed by an administrator', '被管理員中斷'),
  153: reason('invalid payload', '內容格式無效'),
  154: reason('no retained messages at this broker', '這個 broker 不支援保留訊息'),
  155: reason('no such QoS at this broker', '這個 broker 不支援這個 QoS'),
  156: reason('use another server', '請改用其他伺服器'),
  157: reason('the server has moved', '伺服器已搬移'),
  158: reason('no shared subscriptions at this broker', '這個 broker 不支援共享訂閱'),
  159: reason('too many connections', '連線太頻繁'),
  160: reason('longest connection time reached', '已達連線時間上限'),
  161: reason('no subscription identifiers at this broker', '這個 broker 不支援訂閱識別碼'),
  162: reason('no wildcards at this broker', '這個 broker 不支援萬用字元訂閱'),
}

/** A code in plain words; the number if it has none. */
export const wordsOf = (code: number): Reason => words[code] ?? untranslated(`0x${code.toString(16).padStart(2, '0')}`)
