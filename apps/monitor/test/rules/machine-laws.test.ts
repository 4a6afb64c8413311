import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Limits, limitsOf } from '../../rules/limits.ts'
import { type Input, judge, ok, type State, type Step } from '../../rules/machine.ts'
import { completeRule, type RuleDraft } from '../../rules/rule.ts'

function limits(about: Partial<RuleDraft> & Pick<RuleDraft, 'condition'>): Limits {
  const found = limitsOf(completeRule({ name: 'rule', quantity: 'temperature', ...about }))
  assert.ok(found)
  return found
}

/** Any rule about values. */
const rules = fc.record({
  condition: fc.constantFrom('above' as const, 'below' as const, 'outside' as const, 'rises' as const, 'falls' as const),
  for: fc.constantFrom(0, 0, 30, 120),
  keepFiringFor: fc.constantFrom(0, 0, 30, 120),
  noData: fc.constantFrom('alert' as const, 'keep' as const, 'ignore' as const),
})
const ruleOf = ({ condition, ...rest }: typeof rules extends fc.Arbitrary<infer R> ? R : never) =>
  limits({
    condition,
    ...rest,
    limit: condition === 'outside' ? [10, 30] : condition === 'above' ? 30 : condition === 'below' ? 10 : 8,
    ...(condition === 'rises' || condition === 'falls' ? { window: 100 } : {}),
  })
/** Readings and times without readings, in order of time. */
const inputs = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.option(fc.double({ min: 0, max: 40, noNaN: true }), { freq: 8 })), { maxLength: 120 })
  .map((moves) => {
    let at = 0
    return moves.map(([seconds, value]): Input => {
      at += seconds * 1000
      return value === null ? { kind: 'missing', at } : { kind: 'reading', value, at }
    })
  })

/** The phases that each step leads from, and the one that it leads to. */
const arrows: Record<Step, [from: State['phase'][], to: State['phase']]> = {
  pending: [['ok'], 'pending'],
  cancel: [['pending'], 'ok'],
  fire: [['ok', 'pending'], 'firing'],
  switch: [['firing'], 'firing'],
  recover: [['firing'], 'recovering'],
  refire: [['recovering'], 'firing'],
  resolve: [['firing', 'recovering'], 'ok'],
}

describe('The alert machine, for any rule and any readings,', () => {
  it('changes the state by the documented steps only, and resolves an alert only by a reading within limits', () => {
    fc.assert(
      fc.property(rules, inputs, (given, inputs) => {
        const rule = ruleOf(given)
        let state: State = ok
        for (const input of inputs) {
          const [after, effect] = judge(rule, state, input)
          if (effect === null) assert.equal(after.phase, state.phase)
          else {
            const [from, to] = arrows[effect.step]
            assert.ok(from.includes(state.phase) && after.phase === to, `${state.phase} –${effect.step}→ ${after.phase}`)
          }
          if (effect?.step === 'resolve') {
            assert.equal(input.kind, 'reading')
            assert.ok(effect.value !== null && effect.value <= rule.high && (rule.window > 0 || effect.value >= rule.low))
          }
          state = after
        }
      }),
    )
  })

  it('fires only after `for`, and resolves only after `keepFiringFor`', () => {
    fc.assert(
      fc.property(rules, inputs, (given, inputs) => {
        const rule = ruleOf(given)
        let state: State = ok
        for (const input of inputs) {
          const [after, effect] = judge(rule, state, input)
          if (effect?.step === 'fire' && input.kind === 'reading') assert.ok(input.at - after.since >= rule.for)
          if (effect?.step === 'resolve')
            assert.ok(rule.keepFiringFor === 0 || input.at - (state.recoveringSince ?? input.at) >= rule.keepFiringFor)
          state = after
        }
      }),
    )
  })

  it('raises the same alerts if its state is saved and loaded between any two readings', () => {
    fc.assert(
      fc.property(rules, inputs, fc.array(fc.nat(120)), (given, inputs, restarts) => {
        const rule = ruleOf(given)
        let state: State = ok
        let restarted: State = ok
        inputs.forEach((input, i) => {
          if (restarts.includes(i)) restarted = JSON.parse(JSON.stringify(restarted))
          const [after, effect] = judge(rule, state, input)
          const [same, again] = judge(rule, restarted, input)
          assert.deepEqual([same, again], [after, effect])
          state = after
          restarted = same
        })
      }),
    )
  })

  it('fires at most once in each `keepFiringFor` while the value flaps around the limit', () => {
    const flutter = fc.array(fc.double({ min: 28, max: 32, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(flutter, (values) => {
        const rule = limits({ condition: 'above', limit: 30, keepFiringFor: 60 })
        let state: State = ok
        const ends: number[] = []
        const fires: number[] = []
        values.forEach((value, i) => {
          const at = i * 10_000
          const [after, effect] = judge(rule, state, { kind: 'reading', value, at })
          if (effect?.step === 'resolve') ends.push(at)
          if (effect?.step === 'fire') fires.push(at)
          state = after
        })
        fires.slice(1).forEach((at, i) => {
          assert.ok(at - (fires[i] ?? 0) > 60_000)
        })
        assert.ok(ends.length <= fires.length)
      }),
    )
  })
})
