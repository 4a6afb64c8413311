import Type, { type Static } from 'typebox'

export const Session = Type.Object({
  authenticated: Type.Boolean(),
  reader: Type.Optional(Type.Boolean({ description: 'true: this login may read and change nothing' })),
  login: Type.Enum(['password', 'token', 'none'], {
    description: 'the way to log in: with the password, only with the token, or without either (this machine only)',
  }),
  language: Type.Enum(['en', 'zh-TW']),
  notice: Type.Optional(Type.String({ description: 'a sentence of the owner, shown above all else' })),
})
export type Session = Static<typeof Session>

export const Login = Type.Object({ password: Type.String({ maxLength: 1024 }) })
export type Login = Static<typeof Login>
