import { readFileSync } from 'node:fs'
import { Decrypter, Encrypter } from 'age-encryption'
import { BackupError, UnreadableBackup } from './errors.ts'

/**
 * Encrypts for a recipient, as `age -r` does.
 * @throws BackupError if it is no public key of age (`age1…`)
 */
export function sealFor(recipient: string): (bytes: Uint8Array) => Promise<Uint8Array> {
  const encrypter = new Encrypter()
  try {
    encrypter.addRecipient(recipient)
  } catch {
    throw new BackupError(`${JSON.stringify(recipient)} is no public key of age: the line of age-keygen that begins with age1.`)
  }
  return (bytes) => encrypter.encrypt(bytes)
}

/**
 * Decrypts a backup with the identities of a file made by `age-keygen`.
 * @throws UnreadableBackup if none of them fits
 */
export async function unseal(file: string, identityFile: string): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  const identities = readFileSync(identityFile, 'utf8').match(/^AGE-SECRET-KEY-\S+/gm) ?? []
  try {
    for (const identity of identities) decrypter.addIdentity(identity)
    return await decrypter.decrypt(readFileSync(file))
  } catch (error) {
    throw new UnreadableBackup(`${file} cannot be decrypted with ${identityFile}: ${(error as Error).message}.`)
  }
}
