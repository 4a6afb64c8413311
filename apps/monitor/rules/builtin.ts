import { lowBattery } from '@hearthwatch/api/battery'
import type { Rule } from '@hearthwatch/api/rule'
import { day, minute } from '@hearthwatch/protocol/durations'
import { completeRule } from './rule.ts'

/** min */
const week = (7 * day) / minute

/**
 * The built-in rules. `freezer` and `frost` are examples, switched off.
 * @param tooHotAbove °C
 */
export function builtInRules(tooHotAbove: number): readonly Rule[] {
  return [
    completeRule({
      name: 'too-hot',
      quantity: 'temperature',
      condition: 'above',
      limit: tooHotAbove,
      recover: 1,
      severity: 'critical',
      repeat: [15, 30, 60, 240],
    }),
    completeRule({ name: 'offline', condition: 'offline' }),
    completeRule({ name: 'silent', condition: 'silent', for: 3600 }),
    completeRule({
      name: 'battery-low',
      quantity: 'battery',
      condition: 'below',
      limit: lowBattery,
      // A cold night lowers the voltage, and with it the charge that is shown.
      recover: 10,
      repeat: [week],
    }),
    completeRule({
      name: 'freezer',
      enabled: false,
      quantity: 'temperature',
      rooms: 'freezer*,冷凍*',
      condition: 'above',
      limit: -15,
      recover: 2,
      for: 600,
      severity: 'critical',
      noData: 'alert',
      repeat: [15, 30, 60, 240],
    }),
    completeRule({ name: 'frost', enabled: false, quantity: 'temperature', condition: 'below', limit: 3, recover: 1, for: 300 }),
  ]
}
