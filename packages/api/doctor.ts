import Type, { type Static } from 'typebox'

export const DoctorQuery = Type.Object({
  language: Type.Optional(Type.Enum(['en', 'zh-TW'], { description: 'default: UI_LANGUAGE' })),
  needs: Type.Optional(
    Type.Enum(['machine', 'connection'], {
      description: 'only checks of this machine, or only those that need the connection to the broker',
    }),
  ),
})

export const Finding = Type.Object({
  id: Type.String({ description: 'of the check, with its part behind a full stop' }),
  level: Type.Enum(['error', 'warning', 'ok', 'skipped']),
  what: Type.String(),
  why: Type.String({ description: 'empty: all is well' }),
  do: Type.String({ description: 'what to type or to do; empty: nothing' }),
})

export const Findings = Type.Object({
  ok: Type.Boolean({ description: 'there is no error' }),
  findings: Type.Array(Finding),
})
export type Findings = Static<typeof Findings>
