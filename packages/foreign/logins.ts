import { isTopic } from '@hearthwatch/protocol'
import { type ConsoleText, type DeviceLogin, kinds, type LoginKind } from './login-kinds.ts'

export { type ConsoleText, type DeviceLogin, type LoginKind, loginKinds } from './login-kinds.ts'

/** The topic of a login without a choice; null: it needs the name of a room. */
export const topicOf = (kind: LoginKind, name: string): string | null => kinds[kind].topic(name)

/** First levels of topics that belong to no single device. */
const taken = /^(?:home|device|monitor|homeassistant|tele|stat|cmnd|tasmota|shellies|ruuvi|rtl_433|esphome)$/

/** Why this topic cannot be that of a login; null: it can. */
export function topicProblem(kind: LoginKind, topic: string): 'invalid' | 'taken' | null {
  const { space, hasLevels = false } = kinds[kind]
  // Consoles and addresses give a meaning to the other characters.
  if (!isTopic(topic) || !/^[^\s/%?&#+"'`;\\$]+(?:\/[^\s/%?&#+"'`;\\$]+)*$/.test(topic) || topic.length > 100) return 'invalid'
  if (topic.includes('/') && !hasLevels) return 'invalid'
  return taken.test(space(topic)?.split('/')[0] ?? '') && space(topic) === topic ? 'taken' : null
}

/** True if both would publish below the same topics. */
export function isSameSpace(one: Pick<DeviceLogin, 'kind' | 'topic'>, other: Pick<DeviceLogin, 'kind' | 'topic'>): boolean {
  const [a, b] = [one, other].map(({ kind, topic }) => kinds[kind].space(topic))
  if (a == null || b == null) return false
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`)
}

/** The lines of the access list for a login. */
export const rightsOf = ({ kind, topic, name }: Pick<DeviceLogin, 'kind' | 'topic' | 'name'>): string[] => kinds[kind].rights(topic, name)

/** The entry of the setting FOLLOW that its devices need; null: the default follows them. */
export const followOf = ({ kind, topic }: Pick<DeviceLogin, 'kind' | 'topic'>): string | null => kinds[kind].follow?.(topic) ?? null

/** True if this kind can be told our authority for a connection with TLS. */
export const canTls = (kind: LoginKind): boolean => kinds[kind].hasTls === true

/** The values of a login, in the words of its console or file. */
export const consoleTexts = (login: DeviceLogin): ConsoleText[] => kinds[login.kind].texts(login)
