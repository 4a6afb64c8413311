import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Limits, limitsOf } from '../../rules/limits.ts'
import { type Input, judge, ok, type State } from '../../rules/machine.ts'
import { completeRule, type RuleDraft } from '../../rules/rule.ts'

const hot = (about: Partial<RuleDraft> = {}) => limits({ condition: 'above', limit: 30, ...about })
function limits(about: Partial<RuleDraft> & Pick<RuleDraft, 'condition'>): Limits {
  const found = limitsOf(completeRule({ name: 'rule', quantity: 'temperature', ...about }))
  assert.ok(found)
  return found
}

/** The steps, as `second:step`, after these inputs: `second:value`; value `-`: readings are missing, `=`: the last value counts. */
function stepsOf(rule: Limits, inputs: string): string {
  let state: State = ok
  const steps: string[] = []
  for (const word of inputs.split(' ')) {
    const [second = '', value = ''] = word.split(':')
    const at = Number(second) * 1000
    const input: Input =
      value === '-' ? { kind: 'missing', at } : value === '=' ? { kind: 'unchanged', at } : { kind: 'reading', value: Number(value), at }
    const [after, effect] = judge(rule, state, input)
    state = after
    if (effect) steps.push(`${second}:${effect.step}`)
  }
  return steps.join(' ')
}

/** Each line: inputs and steps, see `stepsOf`. */
function spec(rule: Limits, lines: Record<string, string>): void {
  for (const [inputs, steps] of Object.entries(lines)) assert.equal(stepsOf(rule, inputs), steps, inputs)
}

describe('A rule with the condition `above`', () => {
  it('fires above the limit, not at it, and resolves 1 °C below it', () => {
    spec(hot(), {
      '0:30 1:30.01': '1:fire',
      '0:31 1:30 2:29.1 3:29': '0:fire 3:resolve',
      '0:31 1:32 2:33': '0:fire',
      '0:31 1:28 2:31': '0:fire 1:resolve 2:fire',
    })
  })

  it('resolves at its `recover` below the limit, by default at 2 % for other quantities than temperature', () => {
    spec(hot({ quantity: 'humidity', limit: 50 }), { '0:51 1:49.5 2:49': '0:fire 2:resolve' })
    spec(hot({ recover: 0.2 }), { '0:31 1:29.9 2:29.8': '0:fire 2:resolve' })
    spec(hot({ recover: 0 }), { '0:31 1:30': '0:fire 1:resolve' })
  })

  it('is pending for its `for`, and cancels the alert at the first value within limits', () => {
    spec(hot({ for: 60 }), {
      '0:31 30:31 59:31 60:31': '0:pending 60:fire',
      '0:31 300:31': '0:pending 300:fire',
      '0:31 30:30 31:31 60:31 91:31': '0:pending 30:cancel 31:pending 91:fire',
      '0:31': '0:pending',
    })
  })

  it('fires by the last value if a sensor that publishes only changes sends no reading in time', () => {
    spec(hot({ for: 60, keepFiringFor: 60 }), {
      '0:31 59:= 60:=': '0:pending 60:fire',
      '0:30 60:=': '',
      '0:31 60:= 70:29 130:=': '0:pending 60:fire 70:recover',
    })
  })

  it('recovers for its `keepFiringFor`, and starts again after a value above the recovery threshold', () => {
    spec(hot({ keepFiringFor: 60 }), {
      '0:31 10:29 69:28 70:28': '0:fire 10:recover 70:resolve',
      '0:31 10:29 40:29.5 50:29 109:29 110:29': '0:fire 10:recover 40:refire 50:recover 110:resolve',
      '0:31 10:29 40:31 50:29 110:29': '0:fire 10:recover 40:refire 50:recover 110:resolve',
    })
  })
})

describe('A rule with the condition `below`', () => {
  const cold = limits({ condition: 'below', limit: 3 })

  it('fires below the limit, not at it, and resolves 1 °C above it', () => {
    spec(cold, { '0:3 1:2.9 2:3 3:3.9 4:4': '1:fire 4:resolve', '0:50': '' })
  })

  it('has a recovery threshold also if its limit is 0', () => {
    spec(limits({ condition: 'below', limit: 0 }), { '0:0 1:-0.1 2:0.9 3:1': '1:fire 3:resolve' })
    spec(limits({ condition: 'below', limit: 0, quantity: 'power' }), { '0:0 1:-0.1 2:0.05 3:0.1': '1:fire 3:resolve' })
  })
})

describe('A rule with the condition `outside`', () => {
  const between = limits({ condition: 'outside', limit: [10, 30] })

  it('resolves at the recovery threshold of the limit that was crossed', () => {
    spec(between, {
      '0:31 1:29.5 2:29': '0:fire 2:resolve',
      '0:9 1:10.5 2:11': '0:fire 2:resolve',
      '0:20 1:10 2:30': '',
    })
  })

  it('keeps its alert if the value goes from beyond one limit to beyond the other', () => {
    spec(between, { '0:31 1:9 2:10.5 3:11': '0:fire 1:switch 3:resolve' })
  })

  it('can resolve also if its limits are closer together than the default `recover`', () => {
    spec(limits({ condition: 'outside', limit: [20, 21] }), { '0:21.5 1:20.5': '0:fire 1:resolve' })
  })
})

describe('A rule with the condition `rises`', () => {
  const rises = limits({ condition: 'rises', limit: 5, window: 600 })

  it('fires if the value is above the lowest one of its window by the limit', () => {
    spec(rises, {
      '0:20 300:22 600:25': '600:fire',
      '0:20 300:22 601:25': '',
      '0:22 100:20 300:25': '300:fire',
      '0:25 300:20': '',
    })
  })

  it('resolves when the value no longer rises', () => {
    spec(rises, { '0:20 300:26 700:26 901:26': '300:fire 700:resolve' })
  })

  it('has a counterpart, `falls`, which compares with the highest value of its window', () => {
    spec(limits({ condition: 'falls', limit: 5, window: 600 }), {
      '0:20 300:15': '300:fire',
      '0:20 300:25 400:20': '400:fire',
      '0:15 300:20': '',
    })
  })

  it('fires with the amount of the rise as its value', () => {
    const [, effect] = judge(rises, { ...ok, points: [[0, 20]] }, { kind: 'reading', value: 26.5, at: 60_000 })
    assert.deepEqual(effect, { step: 'fire', value: 6.5 })
  })

  it('stores at most a hundred readings, and never fires for a rise smaller than its limit', () => {
    const walk = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.double({ min: -1, max: 1, noNaN: true })), { maxLength: 600 })
    fc.assert(
      fc.property(walk, (moves) => {
        let state: State = ok
        let at = 0
        let value = 20
        const readings: [number, number][] = []
        for (const [seconds, by] of moves) {
          at += seconds * 1000
          value += by
          readings.push([at, value])
          const [after, effect] = judge(rises, state, { kind: 'reading', value, at })
          state = after
          assert.ok(state.points.length <= 100)
          const lowest = Math.min(...readings.filter(([then]) => then >= at - 600_000).map(([, was]) => was))
          if (effect?.step === 'fire') assert.ok(value - lowest >= 5)
          else if (state.phase === 'ok') assert.ok(value - lowest < 5.2, 'thinned points cost less than 4 % of the limit')
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('Missing readings', () => {
  it('never resolve an alert, whatever the rule’s `noData` is', () => {
    for (const noData of ['alert', 'keep', 'ignore'] as const) {
      spec(hot({ noData }), { '0:31 600:- 1200:- 1300:31': '0:fire' })
      spec(hot({ noData, keepFiringFor: 60 }), {
        '0:31 10:29 600:- 700:29 760:29': '0:fire 10:recover 600:refire 700:recover 760:resolve',
      })
    }
  })

  it('keep a pending alert, cancel it or make it fire, by the rule’s `noData`', () => {
    spec(hot({ for: 60, noData: 'keep' }), { '0:31 600:- 700:31': '0:pending 700:fire', '0:31 600:- 700:29': '0:pending 700:cancel' })
    spec(hot({ for: 60, noData: 'ignore' }), { '0:31 600:- 700:31': '0:pending 600:cancel 700:pending' })
    spec(hot({ for: 60, noData: 'alert' }), { '0:31 600:-': '0:pending 600:fire' })
  })

  it('raise an alert if `noData` is alert, until a reading within limits arrives', () => {
    spec(hot({ noData: 'alert' }), { '0:20 600:- 700:- 800:29.5': '600:fire 800:resolve' })
    spec(hot({ noData: 'keep' }), { '0:20 600:-': '' })
    spec(hot({ noData: 'ignore' }), { '0:20 600:-': '' })
  })

  it('change the reason of their alert if the first reading after them is beyond the limit', () => {
    spec(hot({ noData: 'alert' }), { '0:20 600:- 700:31 800:29': '600:fire 700:switch 800:resolve' })
  })

  it('alone raise the alert of a rule with the condition `silent`', () => {
    spec(limits({ condition: 'silent', for: 600 }), { '0:99 600:- 700:99': '600:fire 700:resolve' })
  })
})

describe('A clock that was set back', () => {
  it('restarts `for` and `keepFiringFor` instead of extending them until the clock catches up', () => {
    spec(hot({ for: 60 }), { '5000:31 100:31 159:31 160:31': '5000:pending 160:fire' })
    spec(hot({ keepFiringFor: 60 }), { '5000:31 5010:29 100:29 159:29 160:29': '5000:fire 5010:recover 160:resolve' })
  })
})
