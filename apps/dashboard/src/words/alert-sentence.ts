import type { Alert } from '../monitor/answers.ts'

/** What an alert says, in the language and the degrees of this page. */
export function alertSentence(alert: Alert): string {
  return alert.message
}
