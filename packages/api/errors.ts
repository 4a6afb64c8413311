import Type, { type Static } from 'typebox'

/** The body of every answer from 400 on. */
export const ErrorAnswer = Type.Object({ error: Type.String({ description: 'what is wrong, for people' }) })
export type ErrorAnswer = Static<typeof ErrorAnswer>
