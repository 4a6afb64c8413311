import { compile, NotUnderstood, type Template } from '@hearthwatch/template'
import type { Message } from '../message.ts'
import type { AvailabilityTopic, Entity } from './config.ts'

/** The word of an availability topic, in our terms. */
export type Word = 'online' | 'offline'

/** An availability topic of an entity, and its last word. */
export interface Source extends AvailabilityTopic {
  compiled: Template | null
  last: Word | null
}

/** @throws NotUnderstood for a template outside of what we know */
export const sourcesOf = (entity: Entity): Source[] =>
  entity.availability.map((one) => ({ ...one, compiled: one.template === null ? null : compile(one.template), last: null }))

/** The word in a message on an availability topic; null: another text. */
export function wordIn({ compiled, online, offline }: Source, { payload }: Message): Word | null {
  const said = compiled === null ? payload.text : rendered(compiled, payload)
  return said === online ? 'online' : said === offline ? 'offline' : null
}

/** The state of an entity by its availability topics and its mode; null: not known. @param own the topics that are not of a gateway */
export function stateOf({ mode, latest }: Pick<Entity, 'mode'> & { latest: Word | null }, own: readonly Source[]): Word | null {
  if (mode === 'latest') return latest
  const [enough, other] = mode === 'any' ? (['online', 'offline'] as const) : (['offline', 'online'] as const)
  if (own.some(({ last }) => last === enough)) return enough
  return own.every(({ last }) => last === other) ? other : null
}

function rendered(template: Template, payload: Message['payload']): string | null {
  try {
    return template.render(payload)
  } catch (error) {
    if (error instanceof NotUnderstood) return null
    throw error
  }
}
