import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../contents.ts'

/** An entry of package-lock.json. */
interface Locked {
  /** Set for a workspace of this repository: the folder `resolved` has it. */
  link?: boolean
  resolved?: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** Folders that programs need at run time, from the root of the repository. */
export interface Dependencies {
  /** Folders of this repository: `packages/files`. */
  workspaces: string[]
  /** Folders of libraries: `node_modules/mqtt`. */
  libraries: string[]
  /** The folder of a workspace by the place where Node looks for it: `node_modules/@hearthwatch/files`. */
  links: Map<string, string>
}

/**
 * The workspaces and libraries that these workspaces need, by package-lock.json. Libraries for development and optional ones
 * are left out.
 * @throws Error if a library is not in package-lock.json
 */
export function dependenciesOf(workspaces: readonly string[]): Dependencies {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
  const found = new Set<string>()
  const links = new Map<string, string>()

  const visit = (path: string) => {
    const { link, resolved = '', dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = packages[path] ?? {}
    if (link) links.set(path, resolved)
    if (link) return visit(resolved)
    if (found.has(path)) return
    found.add(path)
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      const place = find(path, name)
      if (place !== undefined) visit(place)
      else if (!peerDependenciesMeta[name]?.optional) throw new Error(`${name}, which ${path} needs, is not in package-lock.json`)
    }
  }
  /** Node's own search: beside the package, then in each folder above. */
  const find = (from: string, name: string): string | undefined => {
    const parts = from.split('/')
    for (let depth = parts.length; depth >= 0; depth--) {
      if (parts[depth - 1] === 'node_modules') continue
      const place = [...parts.slice(0, depth), 'node_modules', name].join('/')
      if (packages[place] !== undefined) return place
    }
    return undefined
  }
  for (const workspace of workspaces) visit(workspace)
  const all = [...found].sort()
  const isLibrary = (path: string) => path.includes('node_modules/')
  return {
    workspaces: all.filter((path) => !isLibrary(path)),
    libraries: all.filter(isLibrary),
    links: new Map([...links].sort()),
  }
}
