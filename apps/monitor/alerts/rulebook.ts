import type { Rule } from '@hearthwatch/api/rule'
import { baseQuantity } from '@hearthwatch/protocol'
import { type Limits, limitsOf } from '../rules/limits.ts'
import { type Subject, scopeOf } from '../rules/scope.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { Rules } from '../store/rules.ts'

/** A rule about series, with the limits to compare with. */
export interface SeriesRule {
  readonly rule: Rule
  readonly limits: Limits
}

/** A series, and the rules that apply to it. */
export interface Series {
  readonly subject: string
  readonly name: SeriesName
  /** The key of the device that publishes it. */
  readonly owner: string
  readonly rules: readonly SeriesRule[]
  /** Those that fire when its readings are missing. */
  readonly noDataRules: readonly SeriesRule[]
  /** The values that are within the limits of all rules, both ends included; null: a rule needs every reading. */
  readonly noRuleBand: { readonly low: number; readonly high: number } | null
}

interface Entry {
  rule: Rule
  limits: Limits | null
  isAbout(subject: Subject): boolean
}

export type Rulebook = ReturnType<typeof createRulebook>

/** True if this value starts no alert. */
export const isInNoRuleBand = ({ noRuleBand }: Series, value: number): boolean =>
  noRuleBand !== null && value >= noRuleBand.low && value <= noRuleBand.high

function nameOf(subject: string): SeriesName {
  const [room = '', quantity = '', ...device] = subject.split('/')
  return { room, quantity, device: device.join('/') || null }
}

function noRuleBandOf(rules: readonly SeriesRule[]): Series['noRuleBand'] {
  if (rules.some(({ limits }) => limits.window > 0)) return null
  return { low: Math.max(...rules.map(({ limits }) => limits.low)), high: Math.min(...rules.map(({ limits }) => limits.high)) }
}

/**
 * The rules that are switched on, by what they apply to. The rules of a series are looked up again only after a change.
 * The cost of a reading therefore does not depend on the number of all rules.
 */
export function createRulebook(rules: Pick<Rules, 'all' | 'version'>) {
  let version: number | null = null
  let entries = new Map<string, Entry>()
  /** By quantity; rules for every quantity have the key ''. */
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
    const noDataRules = own.filter(({ limits }) => limits.noData === 'alert')
    return { subject, name, owner: name.device ?? `/${name.room}`, rules: own, noDataRules, noRuleBand: noRuleBandOf(own) }
  }

  return {
    /** Number that grows with every change of the rules. */
    get version() {
      return rules.version
    },

    /** A rule that is switched on. */
    get(name: string): Rule | undefined {
      refresh()
      return entries.get(name)?.rule
    },

    /** True if such a rule exists, is switched on, and applies to the subject. */
    isAbout(name: string, subject: Subject): boolean {
      refresh()
      return entries.get(name)?.isAbout(subject) ?? false
    },

    /** @param name saves splitting the subject */
    series(subject: string, name?: SeriesName): Series {
      refresh()
      let found = series.get(subject)
      if (found === undefined) {
        found = open(subject, name ?? nameOf(subject))
        series.set(subject, found)
      }
      return found
    },

    /** The `offline` rules that apply to this device. */
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
