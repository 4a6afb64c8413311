import { checkSize, PayloadError } from '../fault.ts'

export type Status = 'online' | 'offline'

/** Reads `online` or `offline`, in any case, with white space around it. @throws PayloadError for anything else */
export function readStatus(payload: Buffer): Status {
  checkSize(payload)
  const word = payload.length <= 16 ? payload.toString().trim().toLowerCase() : ''
  if (word !== 'online' && word !== 'offline') throw new PayloadError('bad-status', 'neither online nor offline')
  return word
}
