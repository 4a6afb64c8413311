import type { Rule } from '@hearthwatch/api/rule'
import { baseQuantity } from '@hearthwatch/protocol'
import { type Limits, limitsOf } from '../rules/limits.ts'
import { type Subject, scopeOf } from '../rules/scope.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { Rules } from '../store/rules.ts'

/** A rule about series, ready to be judged. */
export interface SeriesRule {
  readonly rule: Rule
  readonly limits: Limits
}

/** A series, and the rules that are about it. */
export interface Series {
  readonly subject: string
  readonly name: SeriesName
  /** Whose it is: the key of a device. */
  readonly owner: string
  readonly rules: readonly SeriesRule[]
  /** Those that alert when its readings stay away. */
  readonly missing: readonly SeriesRule[]
  /** Where no rule has anything to say of a reading, both ends included; null: one of them wants to know each. */
  readonly noRuleBand: { readonly low: number; readonly high: number } | null
}

interface Entry {
  rule: Rule
  limits: Limits | null
  isAbout(subject: Subject): boolean
}

export type Rulebook = ReturnType<typeof createRulebook>

/** Whether no rule has anything to say of this value, where nothing is open. */
export const isInNoRuleBand = ({ noRuleBand }: Series, value: number): boolean =>
  noRuleBand !== null && value >= noRuleBand.low && value <= noRuleBand.high

export const subjectOf = ({ room, quantity, device }: SeriesName) => `${room}/${quantity}/${device ?? ''}`

function nameOf(subject: string): SeriesName {
  const [room = '', quantity = '', ...device] = subject.split('/')
  return { room, quantity, device: device.join('/') || null }
}

function noRuleBandOf(rules: readonly SeriesRule[]): Series['noRuleBand'] {
  if (rules.some(({ limits }) => limits.window > 0)) return null
  return { low: Math.max(...rules.map(({ limits }) => limits.low)), high: Math.min(...rules.map(({ limits }) => limits.high)) }
}

/**
 * Which rules are about what. A series asks once, and again when the rules have changed: a reading then touches its own
 * rules alone, however many there are.
 */
export function createRulebook(rules: Pick<Rules, 'all' | 'version'>) {
  let version: number | null = null
  let entries = new Map<string, Entry>()
  /** By quantity; those about any quantity under the empty name. */
  const byQuantity = new Map<string, Entry[]>()
  const series = new Map<string, Series>()
  const offline = new Map<string, { room: string | null; rules: Rule[] }>()

  function refresh(): void {
    if (version === rules.version) return
    version = rules.version
    for (const cache of [byQuantity, series, offline]) cache.clear()
    const enabled = rules.all().filter((rule) => rule.enabled)
    entries = new Map(enabled.map((rule) => [rule.name, { rule, limits: limitsOf(rule), isAbout: scopeOf(rule) }]))
    for (const entry of entries.values()) {
      if (entry.limits === null) continue
      const quantity = entry.rule.quantity ?? ''
      const known = byQuantity.get(quantity)
      if (known) known.push(entry)
      else byQuantity.set(quantity, [entry])
    }
  }

  function open(subject: string, name: SeriesName): Series {
    const quantities = new Set([name.quantity, baseQuantity(name.quantity), ''])
    const own: SeriesRule[] = []
    for (const quantity of quantities) {
      for (const { rule, limits, isAbout } of byQuantity.get(quantity) ?? []) if (limits && isAbout(name)) own.push({ rule, limits })
    }
    const missing = own.filter(({ limits }) => limits.noData === 'alert')
    return { subject, name, owner: name.device ?? `/${name.room}`, rules: own, missing, noRuleBand: noRuleBandOf(own) }
  }

  return {
    /** Counts up with every change of the rules. */
    get version() {
      return rules.version
    },

    /** A rule that is on. */
    get(name: string): Rule | undefined {
      refresh()
      return entries.get(name)?.rule
    },

    /** Whether there is such a rule, it is on, and it is about this. */
    isAbout(name: string, subject: Subject): boolean {
      refresh()
      return entries.get(name)?.isAbout(subject) ?? false
    },

    /** @param name where it is known already */
    series(subject: string, name?: SeriesName): Series {
      refresh()
      let found = series.get(subject)
      if (found === undefined) {
        found = open(subject, name ?? nameOf(subject))
        series.set(subject, found)
      }
      return found
    },

    /** The rules that miss this device when it is offline. */
    offline({ key, room }: { key: string; room: string | null }): readonly Rule[] {
      refresh()
      const known = offline.get(key)
      if (known?.room === room) return known.rules
      const own = [...entries.values()].filter(({ rule, isAbout }) => rule.condition === 'offline' && isAbout({ room }))
      const found = { room, rules: own.map(({ rule }) => rule) }
      offline.set(key, found)
      return found.rules
    },
  }
}
