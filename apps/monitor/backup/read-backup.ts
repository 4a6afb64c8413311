import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { extract } from 'tar'
import Type, { type Static } from 'typebox'
import { Check } from 'typebox/value'
import { type CopyContent, checkCopy } from '../store/file/copy.ts'
import { UnreadableBackup } from './errors.ts'
import { databaseName } from './places.ts'

export const manifestName = 'backup.json'

/** The first file of a backup. */
const Manifest = Type.Object({
  format: Type.Literal(1),
  made: Type.String(),
  version: Type.String(),
  files: Type.Array(Type.Object({ name: Type.String(), sha256: Type.String() })),
})
export type Manifest = Static<typeof Manifest>

/**
 * Unpacks a backup into a folder and checks each of its files.
 * @throws UnreadableBackup
 */
export async function readBackup(file: string, folder: string): Promise<{ manifest: Manifest; content: CopyContent }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    await extract({
      file,
      cwd: folder,
      strict: true,
      preserveOwner: false,
      filter: (_, entry) => 'type' in entry && (entry.type === 'File' || entry.type === 'Directory'),
    })
    const manifest: unknown = JSON.parse(readFileSync(join(folder, manifestName), 'utf8'))
    if (!Check(Manifest, manifest)) throw new Error('its backup.json is not one of this program')
    for (const { name, sha256 } of manifest.files) {
      if (hashOf(join(folder, name)) !== sha256) throw new Error(`${name} in it has changed since`)
    }
    return { manifest, content: checkCopy(join(folder, databaseName)) }
  } catch (error) {
    throw new UnreadableBackup(`${file} cannot be restored: ${(error as Error).message}.`)
  }
}

export const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
