import { access } from 'node:fs/promises'

/** True if there is a file or folder, and this user may see it. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
