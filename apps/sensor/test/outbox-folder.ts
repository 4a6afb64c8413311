import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silent } from '@hearthwatch/log'
import { type Quality, quality } from '../outbox/clock.ts'
import { openFile } from '../outbox/file.ts'
import { createOutbox, type Outbox, type Tick } from '../outbox/outbox.ts'

/** A day in 2026, ms. */
export const noon = Date.UTC(2026, 5, 1, 12)
export const aDay = 86_400_000

/** A temporary folder with an outbox that can be closed and opened again. */
export function outboxFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'))
  const file = join(folder, 'pi-1.db')
  const open = new Set<Outbox>()
  return {
    folder,
    file,
    open({ boot = 1, most = 1_000_000 } = {}): Outbox {
      const outbox = createOutbox(openFile(file, 'full', silent), boot, most)
      open.add(outbox)
      return outbox
    },
    close(outbox: Outbox) {
      outbox.close()
      open.delete(outbox)
    },
    end() {
      for (const outbox of open) outbox.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export function tick(
  time: number,
  value: number,
  { worth = quality.trusted, uptime = 1000 }: { worth?: Quality; uptime?: number } = {},
): Tick {
  return { time, quality: worth, uptime, values: { temperature: value } }
}

/** Ticks at intervals of 10 s. */
export function ticks(many: number, from = noon): Tick[] {
  return Array.from({ length: many }, (_, i) => tick(from + i * 10_000, i))
}
