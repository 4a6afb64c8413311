import Type, { type Static } from 'typebox'
import { time } from './fields.ts'
import { installations } from './installation.ts'

export const Session = Type.Object({
  authenticated: Type.Boolean(),
  reader: Type.Optional(Type.Boolean({ description: 'true: this login may read and change nothing' })),
  login: Type.Enum(['password', 'token', 'none'], {
    description: 'the way to log in: with the password, only with the token, or without either (this machine only)',
  }),
  language: Type.Enum(['en', 'zh-TW']),
  installation: Type.Enum([...installations], { description: 'how the commands of the monitor are called' }),
  notice: Type.Optional(Type.String({ description: 'a sentence of the owner, shown above all else' })),
})
export type Session = Static<typeof Session>

export const Login = Type.Union([
  Type.Object({ password: Type.String({ maxLength: 1024 }) }),
  Type.Object({ code: Type.String({ maxLength: 64, description: 'a one-time login' }) }),
])
export type Login = Static<typeof Login>

/** A login for another device, which works once. */
export const LoginCode = Type.Object({ code: Type.String(), expires: time })
export type LoginCode = Static<typeof LoginCode>

export const Reach = Type.Object({
  urls: Type.Array(Type.String(), { description: 'addresses of the page for other machines, the likeliest first' }),
  container: Type.Boolean({ description: 'the monitor runs in a container, which does not know the addresses of its machine' }),
})
export type Reach = Static<typeof Reach>
