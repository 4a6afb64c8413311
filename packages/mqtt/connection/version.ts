/** Values of `MQTT_VERSION`. `auto` offers MQTT 5, and uses 3.1.1 with a broker that refuses it. */
export const versions = ['auto', '5', '3.1.1'] as const
export type VersionSetting = (typeof versions)[number]

/** The version as CONNECT has it: 4 is MQTT 3.1.1. */
export type ProtocolLevel = 4 | 5

export const nameOf = (level: ProtocolLevel): string => (level === 5 ? '5' : '3.1.1')

/**
 * How a broker refuses the version. `told`: by a reason code, or by a CONNACK of MQTT 3.1.1. `silent`: it closed the connection without
 * an answer. That may have other causes, so it counts only if the broker then accepts MQTT 3.1.1.
 */
export type VersionRefusal = 'told' | 'silent'

export interface Negotiation {
  level: ProtocolLevel
  /** True if `level` is used until the program ends, or until the link begins anew. */
  isSettled: boolean
}

export function beginWith(setting: VersionSetting): Negotiation {
  return { level: setting === '3.1.1' ? 4 : 5, isSettled: setting !== 'auto' }
}

/** After the broker has accepted the connection. */
export const afterAccept = ({ level }: Negotiation): Negotiation => ({ level, isSettled: true })

/**
 * After a connection or an attempt has ended.
 * @param refusal undefined: it ended for another reason
 * @returns `again` is true if the other version is tried at once, without a pause
 */
export function afterEnd(before: Negotiation, refusal: VersionRefusal | undefined): Negotiation & { again: boolean } {
  if (before.isSettled) return { ...before, again: false }
  if (before.level === 4) return { level: 5, isSettled: false, again: false }
  return { level: refusal === undefined ? 5 : 4, isSettled: refusal === 'told', again: refusal !== undefined }
}
