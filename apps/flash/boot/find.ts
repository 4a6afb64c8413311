import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders under which the systems mount cards, and how deep the cards are below them. */
const places: Readonly<Record<string, readonly [folder: string, depth: number][]>> = {
  linux: [
    ['/media', 2],
    ['/run/media', 2],
    ['/mnt', 1],
  ],
  darwin: [['/Volumes', 1]],
}

/**
 * The mounted boot partitions of Raspberry Pi cards.
 * @param root a prefix of all folders, for tests
 */
export async function findMounted(platform: string = process.platform, root = ''): Promise<string[]> {
  if (platform === 'win32') return onlyBoot([...'DEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`))
  const folders = (places[platform] ?? []).map(([folder, depth]) => below(join(root, folder), depth))
  return onlyBoot((await Promise.all(folders)).flat())
}

async function below(folder: string, depth: number): Promise<string[]> {
  if (depth === 0) return [folder]
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const inner = entries.filter((entry) => entry.isDirectory()).map((entry) => below(join(folder, entry.name), depth - 1))
  return [folder, ...(await Promise.all(inner)).flat()]
}

/** Those with the two files that the firmware reads. */
async function onlyBoot(folders: readonly string[]): Promise<string[]> {
  const checked = await Promise.all(
    folders.map((folder) =>
      Promise.all([access(join(folder, 'config.txt')), access(join(folder, 'cmdline.txt'))]).then(
        () => [folder],
        () => [],
      ),
    ),
  )
  return [...new Set(checked.flat())].sort()
}
