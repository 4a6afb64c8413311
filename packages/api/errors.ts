import Type, { type Static } from 'typebox'

/** One wrong field of a request. */
export const FieldProblem = Type.Object({
  field: Type.String({ description: 'its name; of a nested one the path, such as `offsets.temperature`' }),
  problem: Type.Enum(
    [
      'missing',
      'unknown',
      'not-needed',
      'not-a-number',
      'not-an-integer',
      'wrong-type',
      'wrong-format',
      'too-small',
      'too-large',
      'not-above',
      'not-below',
      'too-short',
      'too-long',
      'not-one-of',
      'not-found',
      'not-allowed',
      'mismatch',
      'taken',
      'wrong-order',
    ],
    {
      description:
        '`unknown`: there is no such field; `not-needed`: it means nothing beside the others; `not-found`: what it names does not exist; `not-above` and `not-below`: the bound itself is excluded; `mismatch`: it differs from the address; `wrong-order`: it belongs before or behind another value',
    },
  ),
  min: Type.Optional(Type.Number({ description: 'lowest value, fewest characters or entries' })),
  max: Type.Optional(Type.Number({ description: 'highest value, most characters or entries' })),
})
export type FieldProblem = Static<typeof FieldProblem>

/** The body of every answer from 400 on. */
export const ErrorAnswer = Type.Object({
  error: Type.String({ description: 'what is wrong, for people' }),
  fields: Type.Optional(Type.Array(FieldProblem, { description: 'the wrong fields, for programs' })),
})
export type ErrorAnswer = Static<typeof ErrorAnswer>
