import { readFile } from 'node:fs/promises'
import { Decrypter, Encrypter } from 'age-encryption'

/** The ending of an encrypted backup. */
export const sealed = '.age'

/** Encrypts for a recipient of age (`age1…`), as `age -r` does. @throws Error if it is none */
export async function seal(bytes: Uint8Array, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(bytes)
}

/** Decrypts with the identities of a file made by `age-keygen`. @throws Error if none of them fits */
export async function unseal(bytes: Uint8Array, identityFile: string): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  for (const line of (await readFile(identityFile, 'utf8')).split('\n'))
    if (line.startsWith('AGE-SECRET-KEY-')) decrypter.addIdentity(line.trim())
  return decrypter.decrypt(bytes)
}
