import Type from 'typebox'

export const Fault = Type.Object({ error: Type.String({ description: 'what is wrong, for people' }) })
