import type { FieldProblem } from '@hearthwatch/api/errors'
import { localized } from '../text/localized.ts'
import { type FormField, type FormValues, longestValue } from './form.ts'
import type { ChannelType } from './kind.ts'
import { optionFields } from './options.ts'
import { type ChannelSettings, channelTypes, type ParsedChannel, parseChannel } from './registry.ts'

const setting = localized('the settings of this channel', '這個管道的設定')

export const typeOf = (kind: string): ChannelType | undefined => channelTypes.find((type) => type.kind === kind)

/** The fields of a type's form, with those of every channel. */
export const fieldsOf = ({ form }: ChannelType): readonly FormField[] => [...form.fields, ...optionFields]

/** The wrong fields of a form; none: a channel can be made of it. */
export function problemsOf(type: ChannelType, values: FormValues): FieldProblem[] {
  const fields = fieldsOf(type)
  const unknown = Object.keys(values).filter((name) => !fields.some((field) => field.name === name))
  return [
    ...unknown.map((field) => ({ field, problem: 'unknown' }) as const),
    ...fields.flatMap((field): FieldProblem[] => {
      const { name, isOptional, isRight } = field
      const value = values[name] ?? ''
      if (value === '') return isOptional ? [] : [{ field: name, problem: 'missing' }]
      if (value.length > longestValue) return [{ field: name, problem: 'too-long', max: longestValue }]
      return isRight(value) && !/[\r\n]/.test(value) ? [] : [{ field: name, problem: 'wrong-format' }]
    }),
  ]
}

/** The values of a form without blanks around them, and without empty ones. */
export const tidied = (values: FormValues): FormValues =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([, value]) => value !== ''),
  )

/**
 * A channel of a form whose fields are right.
 * @returns the mistakes, as sentences without secrets, if the parser of its URLs does not accept it
 */
export function parseForm(
  type: ChannelType,
  name: string,
  values: FormValues,
  settings: Pick<ChannelSettings, 'TZ' | 'UI_LANGUAGE'>,
): { channel: ParsedChannel } | { wrong: string[] } {
  const url = type.form.url(values)
  const options = optionFields.flatMap((field) => (values[field.name] ? [[field.name, values[field.name] ?? '']] : []))
  const query = new URLSearchParams([['name', name], ...options]).toString().replaceAll('+', '%20')
  const { channel, wrong } = parseChannel(`${url}${url.includes('?') ? '&' : '?'}${query}`, setting, { ...settings, mailTo: [] })
  if (channel === undefined || wrong.length > 0) return { wrong }
  const { name: _, ...rest } = channel.options
  return { channel: { ...rest, name, kind: type.kind, createTransport: channel.createTransport } }
}
