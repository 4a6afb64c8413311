/** @returns the version of a tag such as `v1.2.3` @throws Error if it is not the version of the sources */
export function versionOf(tag: string, version: string): string {
  if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, but package.json has version ${version}: the tag must be v${version}.`)
  return version
}

/** The section of a version in CHANGELOG.md, without its heading. @throws Error if there is none, or if it is empty */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find((text) => text.split(/[ \n]/, 1)[0] === version)
  const text = section?.slice(section.indexOf('\n') + 1).trim() ?? ''
  if (text === '') throw new Error(`CHANGELOG.md says nothing about version ${version}: add a section "## ${version}".`)
  return `${text}\n`
}

/** The file SHA256SUMS, as `sha256sum --check` reads it. */
export const sumsOf = (files: readonly { name: string; sha256: string }[]): string =>
  files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')
