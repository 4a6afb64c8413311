import { BackupError } from '../errors.ts'
import { readAddress } from './address.ts'
import type { RemoteKeys, RemotePlace } from './place.ts'
import { openS3 } from './s3.ts'
import { openSftp } from './sftp.ts'

/**
 * Opens a place on another machine. The library for it is loaded only now.
 * @throws BackupError
 */
export async function openRemote(text: string, keys: RemoteKeys): Promise<RemotePlace> {
  let address: ReturnType<typeof readAddress>
  try {
    address = readAddress(text)
  } catch (error) {
    throw new BackupError(`The address of the backups ${(error as Error).message}.`)
  }
  return address.scheme === 'sftp' ? openSftp(address, keys) : openS3(address)
}
