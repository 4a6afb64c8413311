import { type Localized, localized } from '../text/localized.ts'

/** Values of a form by field. */
export type FormValues = Readonly<Record<string, string>>

/** A field of the form of a channel. Without `isOptional` it must be filled in. */
export interface FormField {
  name: string
  label: Localized
  hint?: Localized
  example?: string
  /** A value that is entered for a new channel. */
  preset?: string
  choices?: readonly { value: string; label: Localized }[]
  isOptional?: true
  /** It can be written, never read. */
  isSecret?: true
  /** The secrets are sent to this server: with another one they must be entered again. */
  isServer?: true
  /** @param value not empty */
  isRight(value: string): boolean
}

/** A step to the tokens of a service. */
export interface FormStep {
  text: Localized
  /** File in `apps/dashboard/public/`, with the words of the service's own page in this language. */
  picture?: Partial<Record<keyof Localized, string>>
}

/** The form of a type of channel on the page. */
export interface ChannelForm {
  /** The service, as people call it. */
  title: Localized
  steps: readonly FormStep[]
  fields: readonly FormField[]
  /** A browser fills it in when a person subscribes; the page does not offer it as a form. */
  isOfBrowser?: true
  /** The channel's URL with these values, as NOTIFY_URLS has it, without the options of every channel. */
  url(values: FormValues): string
}

/** Longest value of a field; tokens of LINE have 172 characters. */
export const longestValue = 2000

/** Another server with the API of the service. */
export const apiField: FormField = {
  name: 'api',
  label: localized('Address of the API', 'API 的位址'),
  hint: localized('Only if you run a compatible server of your own.', '只有自行架設相容的伺服器時才需要。'),
  example: 'https://api.example.org',
  isOptional: true,
  isServer: true,
  isRight: (value) => /^https?:\/\/[^\s/@?#]+(?:\/[^\s?#]*)?$/.test(value) && URL.canParse(value),
}

/** Recipients of a form, separated by spaces, commas or lines. */
export const listOf = (text: string) => text.split(/[\s,;、，；]+/).filter((part) => part !== '')

export const isList = (pattern: RegExp) => (value: string) => listOf(value).length > 0 && listOf(value).every((part) => pattern.test(part))

/** A host name or an address, with or without a port. */
export const isServer = (value: string) => /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(value) && URL.canParse(`http://${value}`)

/** Joins the parts of a path, each percent-encoded. */
export const pathOf = (parts: readonly string[]) => parts.map(encodeURIComponent).join('/')

export const withApi = ({ api = '' }: FormValues) => (api === '' ? '' : `?api=${encodeURIComponent(api)}`)
