import Type, { type Static } from 'typebox'

/** A text in both languages; one is chosen where it is shown. */
export const Localized = Type.Object({ en: Type.String(), 'zh-TW': Type.String() })
export type Localized = Readonly<Static<typeof Localized>>
