import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'

/** A temporary folder for the tests of one file. */
export function settingsFolder() {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settings-'))
  })
  after(() => rm(folder, { recursive: true }))
  const path = (name: string) => join(folder, name)
  return {
    path,
    /** Writes a file and returns its path. */
    async file(name: string, text: string): Promise<string> {
      await writeFile(path(name), text)
      return path(name)
    },
  }
}
