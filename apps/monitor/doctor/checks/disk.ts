import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { checkWear, error, type Finding, ok, warning, wordsOf } from '@hearthwatch/doctor'
import { full } from '../../rules/disk-machine.ts'
import { type Check, inLanguage, type Patient } from '../check.ts'
import { dockerLeftovers } from '../docker-leftovers.ts'
import { sizeText } from '../size-text.ts'

const texts = {
  en: {
    good: (folder: string, free: string, percent: number) => `The disk of ${folder} has ${free} free; ${percent} % are used.`,
    full: (folder: string, free: string, percent: number) => `The disk of ${folder} is ${percent} % full; ${free} are free.`,
    fullWhy: 'On a full disk nothing is stored. Sensors with an outbox keep their readings meanwhile.',
    fullDo: 'du -xh --max-depth=2 / | sort -h (find what is large, and delete it or use a larger disk)',
    images: (images: number, size: string) => `${images} old images of Docker hold ${size}.`,
    imagesWhy: 'Each upgrade leaves one behind, and a full disk stores nothing.',
    imagesDo: 'docker image prune',
    kind: (folder: string, kind: string) => `${folder} is on ${kind}.`,
    kindWhy: 'Locks are not sure there, so the database may be damaged.',
    kindDo: 'Set DATABASE_FILE to a folder on the local disk, and BACKUP_DIR to this one.',
    readOnly: (folder: string) => `The disk of ${folder} is read-only.`,
    readOnlyWhy: 'The kernel does that after errors of a worn card or disk.',
    readOnlyDo: 'Look into dmesg for I/O errors, replace the card, and restore the newest backup.',
    denied: (folder: string, owner: string, own: string) => `${folder} cannot be written: it belongs to ${owner}, and this user is ${own}.`,
    deniedWhy: 'The monitor cannot store a reading there.',
  },
  'zh-TW': {
    good: (folder: string, free: string, percent: number) => `${folder} 的磁碟還有 ${free}，已使用 ${percent} %。`,
    full: (folder: string, free: string, percent: number) => `${folder} 的磁碟已使用 ${percent} %，只剩 ${free}。`,
    fullWhy: '磁碟滿了就無法儲存。有寄件匣的感測器會先保留讀數。',
    fullDo: 'du -xh --max-depth=2 / | sort -h（找出最大的資料夾並刪除，或換較大的磁碟）',
    images: (images: number, size: string) => `Docker 的 ${images} 個舊映像檔佔用 ${size}。`,
    imagesWhy: '每次升級都會留下一個，而磁碟滿了就無法儲存。',
    imagesDo: 'docker image prune',
    kind: (folder: string, kind: string) => `${folder} 位於 ${kind}。`,
    kindWhy: '那裡的檔案鎖定不可靠，資料庫可能損壞。',
    kindDo: '請把 DATABASE_FILE 設在本機磁碟，把 BACKUP_DIR 設到這裡。',
    readOnly: (folder: string) => `${folder} 的磁碟是唯讀的。`,
    readOnlyWhy: '記憶卡或磁碟老化出錯時，核心會改成唯讀。',
    readOnlyDo: '請在 dmesg 查看 I/O 錯誤，更換記憶卡，再還原最新的備份。',
    denied: (folder: string, owner: string, own: string) => `無法寫入 ${folder}：它屬於 ${owner}，目前的使用者是 ${own}。`,
    deniedWhy: '監控程式無法在那裡儲存讀數。',
  },
}

/** Less is not worth a warning. */
const manyBytes = 1e9

/** Kinds of file system on which SQLite's locks and its log are not reliable (statfs(2)). */
const unsafeKinds: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb'],
  [0x517b, 'smb'],
  [0x2011bab0, 'exfat'],
  [0x4d44, 'fat'],
  [0x01021997, '9p'],
])

export interface DiskFacts {
  /** The folder that exists, at or above the wanted one. */
  folder: string
  kind: string | null
  isReadOnly: boolean
  free: number
  /** Of the room that this user may fill, %. */
  used: number
}

export const diskCheck: Check = {
  id: 'disk',
  needs: 'machine',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const facts = diskFacts(dirname(resolve(patient.config.DATABASE_FILE)))
    const denied = facts.isReadOnly ? null : deniedIn(facts.folder)
    const found = [...judgeDisk(facts, denied, patient.language), ...checkWear(facts.folder, wordsOf(patient.language))]
    const leftovers = await dockerLeftovers()
    if (leftovers !== null && leftovers.bytes > manyBytes)
      found.push(warning('disk.images', say.images(leftovers.images, sizeText(leftovers.bytes)), say.imagesWhy, say.imagesDo))
    return found
  },
}

export function judgeDisk(
  facts: DiskFacts,
  denied: { owner: string; own: string } | null,
  language: Patient['language'] = 'en',
): Finding[] {
  const say = texts[language]
  const { folder, kind, isReadOnly, free, used } = facts
  const size = sizeText(free)
  const found: Finding[] = []
  if (isReadOnly) found.push(error('disk.read-only', say.readOnly(folder), say.readOnlyWhy, say.readOnlyDo))
  if (denied)
    found.push(error('disk.owner', say.denied(folder, denied.owner, denied.own), say.deniedWhy, `chown -R ${denied.own} ${folder}`))
  if (kind !== null) found.push(error('disk.kind', say.kind(folder, kind), say.kindWhy, say.kindDo))
  if (used < 100 * full) found.push(ok('disk', say.good(folder, size, used)))
  else found.push((used >= 99 ? error : warning)('disk', say.full(folder, size, used), say.fullWhy, say.fullDo))
  return found
}

function diskFacts(wanted: string): DiskFacts {
  let folder = wanted
  while (!existsSync(folder)) folder = dirname(folder)
  const { type, blocks, bfree, bavail, bsize } = statfsSync(folder)
  const room = blocks - bfree + bavail
  return {
    folder,
    kind: kindOf(type),
    isReadOnly: isReadOnly(folder),
    free: bavail * bsize,
    used: room === 0 ? 100 : Math.round(100 * (1 - bavail / room)),
  }
}

/** @param type of statfs(2), which is signed on some machines; null: a kind that is safe */
export const kindOf = (type: number): string | null => unsafeKinds.get(type >>> 0) ?? null

/** The mount that has the folder is the last one with the longest path. */
export function isReadOnly(folder: string, mounts = readMounts()): boolean {
  let best: { path: string; options: string[] } | undefined
  for (const line of mounts.split('\n')) {
    const [, path = '', , options = ''] = line.split(' ')
    const isAbove = path === '/' || folder === path || folder.startsWith(`${path}/`)
    if (path !== '' && isAbove && path.length >= (best?.path.length ?? 0)) best = { path, options: options.split(',') }
  }
  return best?.options.includes('ro') ?? false
}

function readMounts(): string {
  try {
    return readFileSync('/proc/mounts', 'utf8')
  } catch {
    return ''
  }
}

function deniedIn(folder: string): { owner: string; own: string } | null {
  try {
    accessSync(folder, constants.W_OK)
    return null
  } catch {
    const { uid, gid } = statSync(folder)
    return { owner: `${uid}:${gid}`, own: `${process.getuid?.() ?? '?'}:${process.getgid?.() ?? '?'}` }
  }
}
