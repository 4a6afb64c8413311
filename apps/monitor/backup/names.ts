/** The ending of an encrypted backup. */
export const sealed = '.age'

/** The packed secrets of a house under Docker Compose, beside the backups. */
export const secretsName = 'house-secrets.tar.gz'

/** Names that backups have; a folder may have other files. */
const ours = /^hearthwatch-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.tar\.gz(\.age)?$/

/** A time for file names: `20261130T112420Z`. */
export const stampOf = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '')

/** The backups among these files, the newest first. */
export const newestFirst = (names: readonly string[]): string[] =>
  names
    .filter((name) => ours.test(name))
    .sort()
    .reverse()

/** The time at which a backup was made, by its name. ms; undefined: it is none of ours */
export function timeIn(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = ours.exec(name) ?? []
  return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
