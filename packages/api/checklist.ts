import Type, { type Static } from 'typebox'
import { name } from './fields.ts'

/** Steps of a new house. */
export const checklistSteps = ['sensor', 'channel', 'phone', 'freezer', 'backup'] as const

export const Checklist = Type.Object({
  putAway: Type.Boolean({ description: 'a person has put the list away, for all browsers' }),
  steps: Type.Array(
    Type.Object({
      step: Type.Enum([...checklistSteps], {
        description:
          '`sensor`: one has reported; `channel`: one sends messages; `phone`: another machine has shown the page after a login; `freezer`: a rule guards each room below −10 °C, absent if there is none; `backup`: there is one, or a person has ticked it',
      }),
      done: Type.Boolean(),
      rooms: Type.Array(name('a room'), { description: 'of `freezer`: the rooms without a rule' }),
    }),
  ),
})
export type Checklist = Static<typeof Checklist>

export const ChecklistBody = Type.Object(
  { putAway: Type.Optional(Type.Boolean()), backup: Type.Optional(Type.Boolean({ description: 'true: there is a backup' })) },
  { additionalProperties: false },
)
