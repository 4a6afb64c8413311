import type { Alert, NewAlert } from '../rules/alert.ts'

/** A row of the table. */
export interface AlertRow extends Omit<Alert, 'noData' | 'message' | 'channels'> {
  no_data: 0 | 1
  message: string | null
  channels: string
}

export const alertOf = ({ no_data, message, channels, ...rest }: AlertRow): Alert => ({
  ...rest,
  noData: no_data,
  message: message === null ? null : JSON.parse(message),
  channels: JSON.parse(channels),
})

/** Parameters of the statements. */
export const rowOf = <A extends NewAlert>({ message, channels, ...rest }: A) => ({
  ...rest,
  message: message === null ? null : JSON.stringify(message),
  channels: JSON.stringify(channels),
})
