import { ErrorAnswer } from '@hearthwatch/api/errors'
import type { Rule } from '@hearthwatch/api/rule'
import { ruleTitle } from '@hearthwatch/api/rule-titles'
import * as shape from '@hearthwatch/api/rules'
import Type, { type Static } from 'typebox'
import type { Config } from '../../config/config.ts'
import { readRule } from '../../rules/check-rule.ts'
import { RuleError } from '../../rules/rule-error.ts'
import { mostRules, type StoredRule } from '../../store/rules.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError, HttpError } from '../http/errors.ts'

export interface RuleOptions {
  config: Pick<Config, 'UI_LANGUAGE'>
  store: Store
  /** Names of the configured channels. */
  channelNames(): readonly string[]
  now(): number
}

export function addRules(app: App, { config: { UI_LANGUAGE }, store: { rules }, channelNames, now }: RuleOptions): void {
  const params = shape.RuleParams
  const view = ({ rule, builtIn, changed }: StoredRule): Static<typeof shape.ListedRule> => {
    const title = ruleTitle(rule.name, rule.title, UI_LANGUAGE)
    return { ...rule, title, builtIn, changed }
  }

  function find(name: string): StoredRule {
    const rule = rules.get(name)
    if (rule === undefined) throw new HttpError(404, `There is no rule ${name}.`)
    return rule
  }

  /** @throws FieldError naming every wrong field */
  function checked(given: unknown, name: string): Rule {
    const rule = readRuleOr400(given, name)
    const names = channelNames()
    const unknown = rule.channels.filter((channel) => !names.includes(channel))
    if (unknown.length === 0) return rule
    const known = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`
    throw new FieldError(`channels: there is no channel ${unknown.join(', ')} (${known})`, [{ field: 'channels', problem: 'not-found' }])
  }

  app.get(
    '/api/rules',
    {
      schema: {
        summary: 'All rules, including disabled ones; the built-in ones first',
        response: { 200: Type.Array(shape.ListedRule) },
      },
    },
    () => rules.list().map(view),
  )

  app.get(
    '/api/rules/:name',
    { schema: { summary: 'One rule', params, response: { 200: shape.ListedRule, 404: ErrorAnswer } } },
    ({ params: { name } }) => view(find(name)),
  )

  app.put(
    '/api/rules/:name',
    {
      schema: {
        summary: 'Writes a rule, in force from the next reading on; omitted fields get their defaults',
        params,
        body: shape.RuleBody,
        response: { 200: shape.ListedRule, 400: ErrorAnswer, 409: ErrorAnswer },
      },
      // readRule reports every mistake; the schema would report those of single fields only.
      validatorCompiler: () => (value) => ({ value }),
    },
    ({ params: { name }, body }) => {
      const rule = checked(body, name)
      if (rules.get(name) === undefined && rules.all().length >= mostRules)
        throw new HttpError(409, `There are ${mostRules} rules already: remove one first.`)
      rules.put(rule, now())
      return view(find(name))
    },
  )

  app.delete(
    '/api/rules/:name',
    {
      schema: {
        summary: 'Removes a rule; a built-in one is restored instead (disable it with enabled: false)',
        params,
        response: { 200: shape.ListedRule, 204: Type.Null({ description: 'removed' }), 404: ErrorAnswer },
      },
    },
    ({ params: { name } }, reply) => {
      const { builtIn } = find(name)
      rules.remove(name, now())
      if (builtIn) return view(find(name))
      reply.code(204)
      return null
    },
  )
}

function readRuleOr400(given: unknown, name: string): Rule {
  try {
    return readRule(given, name)
  } catch (error) {
    throw error instanceof RuleError ? new FieldError(error.message, error.fields) : error
  }
}
