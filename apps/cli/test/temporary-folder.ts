import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'setup-'))
}

/** Text and mode (such as `0600`) of each file below the folder. */
export async function contents(dir: string): Promise<Record<string, { text: string; mode: string }>> {
  const found: Record<string, { text: string; mode: string }> = {}
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const mode = `0${((await stat(path)).mode & 0o777).toString(8)}`
    found[path.slice(dir.length + 1)] = { text: await readFile(path, 'utf8'), mode }
  }
  return found
}
