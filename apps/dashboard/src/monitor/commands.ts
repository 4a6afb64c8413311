import { asCalled } from '@hearthwatch/api/installation'
import { session } from './session.ts'

/** A text that names commands of the monitor, as they are called where it is installed. */
export const called = (text: string): string => asCalled(text, session.value?.installation ?? 'clone')
