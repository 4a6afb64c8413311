/** The imports of this repository's sources, for the tests of its structure and for choosing the fast tests. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'

export const root = join(import.meta.dirname, '..')

export interface Import {
  /** A file from the root of the repository (`packages/log/index.ts`), or a module's name (`node:fs`, `mqtt`). */
  to: string
  /** True if only types are imported: nothing is loaded at run time. */
  typeOnly: boolean
}

/** Every source file, from the root. */
export const sources = globSync('{packages,apps,testhouse,test,chaos,bench}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name),
}).sort()

const statement = /^(?:import|export)\s(type\s)?(?:([^'"`;]*?)\sfrom\s)?\s*'([^']+)'|\bimport\('([^']+)'\)/gm
const known = new Map<string, Import[]>()

export function importsOf(file: string): readonly Import[] {
  let found = known.get(file)
  if (found === undefined) {
    const source = readFileSync(join(root, file), 'utf8')
    found = [...source.matchAll(statement)].map(([, type, names = '', from, dynamic]) => ({
      to: resolve(file, from ?? dynamic ?? ''),
      typeOnly: type !== undefined || (/^\{.*\}$/s.test(names.trim()) && namesIn(names).every((name) => name.startsWith('type '))),
    }))
    known.set(file, found)
  }
  return found
}

const namesIn = (list: string) =>
  list
    .trim()
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return join(dirname(file), specifier)
  const [, name, path] = /^@hearthwatch\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  if (name === undefined) return specifier
  const folder = [`packages/${name}`, `apps/${name}`, name].find((place) => existsSync(join(root, place, 'package.json')))
  return folder === undefined ? specifier : join(folder, exportedFile(folder, path))
}

/** The file that a package gives under a path; without a path, its entry. */
function exportedFile(folder: string, path: string | undefined): string {
  const { exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  if (path === undefined) return typeof exports === 'string' ? exports : exports['.']
  return exports[`./${path}`] ?? exports['./*'].replace('*', path)
}

/** Every file and module that is loaded when `file` runs, itself included. */
export function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  if (/\.tsx?$/.test(file) && existsSync(join(root, file)))
    for (const { to, typeOnly } of importsOf(file)) if (!typeOnly) loadedBy(to, seen)
  return seen
}
